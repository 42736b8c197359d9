"""The standard's specimen (Doc 9303-4, appendix A), as it is printed."""

LINES = (
    "PPUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)

VALUES = {
    "document_code": "PP",
    "issuing_state": "UTO",
    "document_number": "L898902C3",
    "primary_identifier": "ЭРИКССОН / ERIKSSON",
    "secondary_identifier": "АННА МАРИЯ / ANNA MARIA",
    "nationality": "УТОПИЯ / UTOPIA",
    "date_of_birth": "12 АВГ/AUG 1974",
    "personal_number": "ZE184226B",
    "sex": "З/F",
    "place_of_birth": "ЗЕНИТ / ZENITH",
    "date_of_issue": "16 АПР/APR 2002",
    "authority": "ВАЗОРАТИ КОРҲОИ ДОХИЛӢ / MINISTRY OF INTERNAL AFFAIRS",
    "date_of_expiry": "15 АПР/APR 2012",
}
