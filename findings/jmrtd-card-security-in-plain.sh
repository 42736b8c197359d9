#!/usr/bin/env bash
# JMRTD asks for EF.CardSecurity without secure messaging, although PACE has just agreed on keys.
#
# Guess beforehand: after doPACE every file that getInputStream opens is selected and read under the new keys, as those of
# the eMRTD application are; EF.CardSecurity, which may be read after PACE alone, most of all.
# Seen: after a right PACE the SELECT for EF.CardSecurity has class byte 00 and the bare file identifier. The SELECT of the
# application right after it, by sendSelectApplet(true), has class byte 0C. A right card answers the plain command with 6987
# or 6982, and its session is over (Doc 9303-11, 9.8.3).
# Why it matters: chip authentication mapping is proved with the key in EF.CardSecurity. A border that reads it by this call
# gets an error from every right card, loses the session, and may take the chip for a copy. Wrap READ BINARY with
# getWrapper() by hand.
# Versions: JMRTD 0.8.6, scuba-smartcards as it asks for. Date: 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.jmrtd</groupId><artifactId>jmrtd</artifactId><version>0.8.6</version>
      <exclusions><exclusion><groupId>org.bouncycastle</groupId><artifactId>bcprov-jdk15on</artifactId></exclusion></exclusions>
    </dependency>
  </dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars
cat > Ask.java <<'JAVA'
import java.io.InputStream;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import net.sf.scuba.smartcards.APDUEvent;
import net.sf.scuba.smartcards.CardService;
import net.sf.scuba.smartcards.CommandAPDU;
import net.sf.scuba.smartcards.ResponseAPDU;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.macs.CMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.math.ec.ECPoint;
import org.jmrtd.PACEKeySpec;
import org.jmrtd.PassportService;
import org.jmrtd.lds.PACEInfo;

/** A card that can do PACE (generic mapping, P-256, AES-128, CAN 123456) and notes what it is asked afterwards. */
public class Ask {
  static final String OID = "0.4.0.127.0.7.2.2.4.2.2";
  static final byte[] OID_DER = HexFormat.of().parseHex("060A04007F00070202040202");

  static byte[] join(byte[]... parts) {
    int size = 0;
    for (byte[] part : parts) size += part.length;
    byte[] all = new byte[size];
    int at = 0;
    for (byte[] part : parts) { System.arraycopy(part, 0, all, at, part.length); at += part.length; }
    return all;
  }

  static byte[] tlv(int tag, byte[] value) {
    byte[] head = tag > 255 ? new byte[] {(byte) (tag >> 8), (byte) tag, (byte) value.length} : new byte[] {(byte) tag, (byte) value.length};
    return join(head, value);
  }

  static byte[] key(byte[] secret, int purpose) throws Exception {
    return Arrays.copyOf(MessageDigest.getInstance("SHA-1").digest(join(secret, new byte[] {0, 0, 0, (byte) purpose})), 16);
  }

  static byte[] x(ECPoint point) {
    return point.normalize().getAffineXCoord().getEncoded();
  }

  static byte[] token(byte[] mac, byte[] point) {
    byte[] data = tlv(0x7F49, join(OID_DER, tlv(0x86, point)));
    CMac state = new CMac(AESEngine.newInstance());
    state.init(new KeyParameter(mac));
    state.update(data, 0, data.length);
    byte[] out = new byte[16];
    state.doFinal(out, 0);
    return Arrays.copyOf(out, 8);
  }

  static class Card extends CardService {
    final X9ECParameters curve = ECNamedCurveTable.getByName("secp256r1");
    final SecureRandom random = new SecureRandom();
    byte[] nonce = new byte[16];
    byte[] macKey;
    byte[] ownKey;
    byte[] otherKey;
    ECPoint base;
    int step;
    boolean open;
    boolean done;

    BigInteger number() { return new BigInteger(250, random).add(BigInteger.ONE); }

    public void open() { open = true; }
    public boolean isOpen() { return open; }
    public void close() { open = false; }
    public byte[] getATR() { return new byte[0]; }
    public boolean isConnectionLost(Exception e) { return false; }

    public ResponseAPDU transmit(CommandAPDU command) {
      try {
        byte[] answer = answer(command);
        return new ResponseAPDU(answer);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    byte[] ok(byte[] data) { return join(data, new byte[] {(byte) 0x90, 0}); }

    byte[] answer(CommandAPDU command) throws Exception {
      if (done) {
        String what = command.getINS() == 0xA4 ? "SELECT" : String.format("INS %02X", command.getINS());
        String data = command.getCLA() == 0 ? HexFormat.of().withUpperCase().formatHex(command.getData()) : "protected";
        System.out.printf("%s: class byte %02X, data %s%n", what, command.getCLA(), data);
        return new byte[] {0x69, (byte) 0x87};
      }
      if (command.getINS() == 0x22) return ok(new byte[0]);
      if (command.getINS() != 0x86) return new byte[] {0x6D, 0};
      byte[] data = command.getData();
      byte[] given = data.length > 4 ? Arrays.copyOfRange(data, 4, data.length) : new byte[0];
      step++;
      if (step == 1) {
        random.nextBytes(nonce);
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key("123456".getBytes(), 3), "AES"), new IvParameterSpec(new byte[16]));
        return ok(tlv(0x7C, tlv(0x80, cipher.doFinal(nonce))));
      }
      if (step == 2) {
        BigInteger secret = number();
        ECPoint shared = curve.getCurve().decodePoint(given).multiply(secret);
        base = curve.getG().multiply(new BigInteger(1, nonce)).add(shared).normalize();
        return ok(tlv(0x7C, tlv(0x82, curve.getG().multiply(secret).normalize().getEncoded(false))));
      }
      if (step == 3) {
        BigInteger secret = number();
        otherKey = given;
        ownKey = base.multiply(secret).normalize().getEncoded(false);
        macKey = key(x(curve.getCurve().decodePoint(given).multiply(secret)), 2);
        return ok(tlv(0x7C, tlv(0x84, ownKey)));
      }
      if (!Arrays.equals(given, token(macKey, ownKey))) return new byte[] {0x63, 0};
      done = true;
      return ok(tlv(0x7C, tlv(0x86, token(macKey, otherKey))));
    }
  }

  public static void main(String[] arguments) throws Exception {
    Security.insertProviderAt(new BouncyCastleProvider(), 1);
    PassportService service = new PassportService(new Card(), 256, 256, 223, false, true);
    service.open();
    service.doPACE(PACEKeySpec.createCANKey("123456"), OID, PACEInfo.toParameterSpec(12), BigInteger.valueOf(12));
    System.out.println("PACE: done");
    try (InputStream in = service.getInputStream(PassportService.EF_CARD_SECURITY)) {
      in.read();
    } catch (Exception e) {
      System.out.println("EF.CardSecurity: " + e.getClass().getSimpleName());
    }
    try {
      service.sendSelectApplet(true);
    } catch (Exception e) {
      System.out.println("application: " + e.getClass().getSimpleName());
    }
  }
}
JAVA
javac -nowarn -cp 'jars/*' Ask.java 2> /dev/null
{ basename jars/jmrtd-*.jar .jar; java -cp 'jars/*:.' Ask 2> /dev/null; } | tee seen.txt
cat > expected.txt <<'TEXT'
jmrtd-0.8.6
PACE: done
SELECT: class byte 00, data 011D
EF.CardSecurity: CardServiceException
SELECT: class byte 0C, data protected
application: CardServiceException
TEXT
diff expected.txt seen.txt
echo "as on 2026-12-01: EF.CardSecurity is asked for in plain after PACE"
