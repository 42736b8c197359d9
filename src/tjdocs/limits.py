"""The limits of all input in one place: no input may cost much more than it is long.

``docs/security.md`` has the same table for people; a test compares the two. Sizes are in bytes unless said otherwise.
"""

__all__ = ["bit_planes", "pixels"]

# files and texts
CHIP_FILE = 10_000_000  # also a file with a seal, or a picture of the page that is evidence
CHIP_FOLDER = 50_000_000
INPUT_FILE = 20 * 1024 * 1024  # an application, a JSON object, an archive's entry, a master list
PICTURE = 50_000_000  # from which `tjdocs mrz read` reads
TEXT = 1_000_000  # the file of an MRZ, a passphrase
MRZ = 1000  # characters of a text that may be an MRZ; one has at most 90
DOCUMENT_TYPE = 1_000_000
POLICY = 256_000
JSON_VALUES = 100_000  # in a JSON object, its commas and opening brackets counted
EVIDENCE_VALUES = 1000  # in the JSON object of one record: a chip has some twenty files, claims are ten
JSON_DEPTH = 32  # objects and lists in one another
TOML_DEPTH = 32  # tables and lists in one another, parts of a key

DATABASE = 512 * 1024 * 1024  # a trust store, which is read completely
DATABASE_VALUE = 20 * 1024 * 1024  # a value of a trust store, or of an index of watchlists
LOG_ENTRY = 1_000_000  # of the register's log: a thousand times a usual one
HEAD = 100_000  # a line of a file of heads
HEADS = 1_000_000_000  # that file
OFFICER_FILE = 10_000  # the key or the request of an officer
ANSWER = 1_000_000  # of a program that answers vectors

# watchlists
LIST_ROW = 100_000  # characters, all lines of it together
NAME_KEYS = 2000  # under which a name of an entry is found: a usual one has some dozens, one of J, Q and X a thousand
ENTRY_KEYS = 4000  # the same of all names of an entry together
ENTRY_NAMES = 200  # of an entry, its aliases among them: published lists have up to a hundred for a person
LIST_KEYS = 20_000  # of a list, and more by the length of its values: usual names that are read in many ways have one
LIST_KEYS_PER_BYTE = 2.0  # or two for each byte
NAMES = 2000  # characters of the names of DG11 and of claims that are looked for, in all spellings; an MRZ has 39
PERSON_NAMES = 50  # spellings of a traveller's names that are looked for: a usual traveller has some five
LOOKUP_KEYS = 30_000  # under which a traveller is looked for; SQLite takes 32,766 values of one statement at least
CANDIDATES = 2000  # entries of all lists that are compared with a traveller, each time some categories are asked for
COMPARISONS = 20_000  # spellings of a traveller's names times those of the candidates' names

# batches and archives
LINE = 70_000_000  # a line of a batch: a folder in base64
ZIP_PATH = 200  # characters
ZIP_DIRECTORY = 5_000_000  # what a zip archive says of its entries
ENTRIES = 5000  # of an archive, or of a record in a stream
UNPACKED = 100_000_000  # an archive, or a record in a stream
RATIO = 100  # unpacked to packed
PACKED_MORE = 20  # bytes, and one for each 1,000, by which an entry of a zip archive may be longer packed than unpacked
GRACE = 100_000  # unpacked that any entry may have; a short text packs well
GRACE_STREAM = 100_000_000  # unpacked that any stream may have
GRACE_MEMBERS = 3000  # entries that any stream may have
BYTES_PER_MEMBER = 20  # packed, of a stream with more entries
PASSED_OVER = 1_000_000_000  # a file in a stream that is not read
HEADER = 64_000  # what a tar stream says of one file
GRACE_HEADERS = 2_000_000  # in extended headers (pax) that any tar stream may have
HEADERS_PER_BYTE = 10  # of its packed bytes, in extended headers; a file's times and a long path are 200 or fewer
GLOBAL_HEADERS = 100  # things that a tar stream says of all files
PATH = 1000  # characters of a file's path in a stream
EMPTY_FOLDERS = 100_000  # named by a stream, without a file so far
XZ_MEMORY = 128 * 1024 * 1024
RECORDED_CERTIFICATES = 1000  # in an evidence archive, and so many CRLs
RECORDED_ENTRIES = 800_000  # all entries of watchlists in an evidence archive
RECORDED_NAMES = 2000  # in these entries
RECORDED_TYPES = 100  # files of document types in an evidence archive

# BER-TLV and DER
DEPTH = 32
SECURITY_OBJECT = 10_000  # bytes of the list of hashes in EF.SOD: sixteen of them have 1,200
DATA_OBJECTS = 256  # in one data object of the LDS
BER_ELEMENTS = 100_000
INTEGER_BITS = 64  # of a number that is shown to a person
SPANS = 5_000  # of a file that is dissected
SPAN_BYTES = 5_000_000  # of all spans together, besides four times the file

# sessions with a chip
CHIP_COMMANDS = 100_000  # a file of 10 MB in parts of 128 bytes takes eighty thousand
CHIP_BYTES = 60_000_000  # received, all files together

# the PKI
CERTIFICATE = 64 * 1024
LIST = 20 * 1024 * 1024
CERTIFICATES = 64  # in SignedData
SIGNERS = 4  # in SignedData
ATTRIBUTES = 64  # signed attributes of a signer in SignedData, and digest algorithms
ATTEMPTS = 8  # signatures verified for one SignedData: its certificates are unsigned, and anybody may add some
ATTEMPTS_COST = 500  # milliseconds, roughly, of all signatures verified for one document, list or search
LIST_COST_PER_BYTE = 0.005  # milliseconds more, where many certificates are placed
RSA_BITS = 8192
CANDIDATE_ISSUERS = 64
POLICY_COMBINATIONS = 10_000  # of the values in the lists of a policy's rules
POLICY_LISTS = 1000  # that a policy may ask for: more than there are States
KEY_FILE = 8000  # a private key's file: an RSA key of 4,096 bits has 3,400; a DSA key of 8,000 takes a second
RSA_KEY_BITS = 4096  # of a private key's modulus; a prime has at most half of them
KEY_ROUNDS = 2_000_000  # by which a passphrase becomes the key of a private key's file
KEY_SCRYPT = 2_600_000  # N times r times p, where scrypt does that; our own files have 655,360
PATH_LINKS = 8

# seals and pictures
SEAL = 4096  # no ISO symbology holds so much
PIXELS = 40_000_000  # of any picture
SCANNED_PIXELS = 600_000_000  # of a JPEG picture, times its scans
_PIXELS_ANYWAY = 9_000_000  # of a picture however short its file is: a sheet in 300 dpi
_PIXELS_PER_BYTE = 10
_PLANES_ANYWAY = 135_000_000  # bit planes of all samples of a JPEG 2000 picture, however short its file is
_PLANES_PER_BYTE = 400
TILED = 2  # pixels of all tiles of a TIFF picture, to those of the picture and of a small one
TILES = 1024  # of a JPEG 2000 picture
PRECINCTS = 100_000  # of a JPEG 2000 picture; each has a table of its own
PACKETS = 1_000_000  # of a JPEG 2000 picture: precincts times layers
COMPONENTS = 4  # of a JPEG 2000 picture; the tables of a decoder are tiles times components
SEAL_SIDE = 20_000  # pixels of the longer side of a picture of a seal; zxing-cpp reads 65,535, of an enlarged one too
EDGES = 800_000  # of a picture of a seal, in its rows or its columns; one with more is halved
SMALL_PICTURE = 1_000_000  # pixels of a picture of a seal that is also read enlarged; and as small light on dark


def pixels(size: int) -> int:
    """Return how many pixels are decoded of a picture whose file has ``size`` bytes.

    A short file may name forty million pixels of one colour, and each of them is looked at. A camera's file has a
    byte for less than ten.
    """
    return min(PIXELS, _PIXELS_ANYWAY + size * _PIXELS_PER_BYTE)


def bit_planes(size: int) -> int:
    """Return how many bit planes are decoded of a JPEG 2000 picture whose file has ``size`` bytes.

    Each sample counts with the planes that its header allows, and eight more for all else. A byte may ask for thirty
    planes of a block of 4,096 samples. A portrait of the field has 11 to 15 planes, and a byte for about 40 samples;
    one of 1,200 x 1,600 pixels in 30 kB asks for 132 million.
    """
    return max(_PLANES_ANYWAY, size * _PLANES_PER_BYTE)
