package tjdocs.interop;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.MultiFormatReader;
import com.google.zxing.NotFoundException;
import com.google.zxing.Result;
import com.google.zxing.client.j2se.BufferedImageLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** Reads bar codes with ZXing: a path per line in; out per line the symbology and the text, as ISO-8859-1 in hexadecimal. */
final class Codes {
    private static final Map<DecodeHintType, Object> HINTS = new EnumMap<>(Map.of(
            DecodeHintType.TRY_HARDER, Boolean.TRUE,
            DecodeHintType.POSSIBLE_FORMATS,
                    List.of(BarcodeFormat.DATA_MATRIX, BarcodeFormat.QR_CODE, BarcodeFormat.AZTEC)));

    private static final Map<DecodeHintType, Object> PURE = new EnumMap<>(HINTS);

    static {
        PURE.put(DecodeHintType.PURE_BARCODE, Boolean.TRUE);
    }

    private Codes() {}

    public static void main(String[] arguments) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String path = lines.readLine(); path != null; path = lines.readLine()) {
            System.out.println(read(new File(path)));
        }
    }

    private static String read(File file) throws IOException {
        BinaryBitmap picture =
                new BinaryBitmap(new HybridBinarizer(new BufferedImageLuminanceSource(ImageIO.read(file))));
        // without the second hint the detector loses one QR symbol in seventy (findings/zxing-misses-clean-qr.sh)
        for (Map<DecodeHintType, Object> hints : List.of(HINTS, PURE)) {
            try {
                Result found = new MultiFormatReader().decode(picture, hints);
                byte[] text = found.getText().getBytes(StandardCharsets.ISO_8859_1);
                return found.getBarcodeFormat() + " " + HexFormat.of().formatHex(text);
            } catch (NotFoundException nothing) {
                continue;
            }
        }
        return "NONE";
    }
}
