package tjdocs.interop;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.verapdf.core.VeraPDFException;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.ValidationResult;

/** Validates PDF/A-2b with veraPDF: a path per line in; out per line OK, or the rules that are broken. */
final class Pdfa {
    private Pdfa() {}

    public static void main(String[] arguments) throws IOException, VeraPDFException {
        VeraGreenfieldFoundryProvider.initialise();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String path = lines.readLine(); path != null; path = lines.readLine()) {
            System.out.println(judge(path));
        }
    }

    private static String judge(String path) throws IOException, VeraPDFException {
        PDFAFlavour flavour = PDFAFlavour.PDFA_2_B;
        try (InputStream file = new FileInputStream(path);
                PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            if (result.isCompliant()) {
                return "OK";
            }
            return result.getFailedChecks().keySet().stream()
                    .map(rule -> rule.getClause() + "-" + rule.getTestNumber())
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining(" "));
        }
    }
}
