package tjdocs.interop;

import com.google.gson.*;
import java.io.*;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.*;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.smartcardio.CardException;
import javax.smartcardio.CardTerminal;
import javax.smartcardio.TerminalFactory;
import net.sf.scuba.smartcards.CardService;
import net.sf.scuba.smartcards.CommandAPDU;
import net.sf.scuba.smartcards.ResponseAPDU;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.ISO9796d2Signer;
import org.bouncycastle.jce.interfaces.ECPublicKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.math.ec.ECPoint;
import org.jmrtd.*;
import org.jmrtd.cert.CardVerifiableCertificate;
import org.jmrtd.lds.*;
import org.jmrtd.lds.icao.*;
import org.jmrtd.protocol.*;

/**
 * Reads cards of PC/SC readers with JMRTD: one job a line of standard input, one answer a line of standard output.
 *
 * <p>A job has {@code reader} (the beginning of its name), {@code mrz} (number, birth, expiry) or {@code can},
 * {@code files} (name to identifier), {@code block}; {@code active} (the hash of active authentication) and {@code cam}
 * (the private key of chip authentication mapping, hexadecimal) where the card has them; {@code terminal} with its
 * certificates from the authority downwards, its key in PKCS#8 (both Base64) and the algorithm of that key.
 */
public final class Chip {
  private static final Gson JSON = new Gson();

  private static final class Job {
    String reader = "";
    List<String> mrz;
    String can;
    Map<String, Integer> files = Map.of();
    int block = 223;
    String active;
    String cam;
    Terminal terminal;
  }

  private static final class Terminal {
    List<String> chain;
    String key;
    String algorithm;
  }

  /** JMRTD has a factory of card-verifiable certificates and registers it nowhere. */
  private static final class CardVerifiable extends Provider {
    private static final long serialVersionUID = 1;

    CardVerifiable() {
      super("CVC", "1", "card-verifiable certificates");
      put("CertificateFactory.CVC", "org.jmrtd.cert.CVCertificateFactorySpi");
    }
  }

  private Chip() {
  }

  /** Answers jobs until the input ends. */
  public static void main(String[] args) throws IOException {
    Security.insertProviderAt(new BouncyCastleProvider(), 1); // elsewhere in the list PACE-IM finds no cipher
    Security.addProvider(new CardVerifiable());
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Map<String, Object> out = new LinkedHashMap<>();
      try {
        run(JSON.fromJson(line, Job.class), out);
      } catch (Exception e) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        out.put("error", trace.toString());
      }
      System.out.println(JSON.toJson(out));
    }
  }

  private static void run(Job job, Map<String, Object> out) throws Exception {
    boolean extended = job.block > 223;
    PassportService service = new PassportService(CardService.getInstance(terminal(job.reader)), 65536,
        extended ? 65536 : 256, job.block, false, true);
    try {
      service.open();
      BACKey mrz = job.mrz == null ? null : new BACKey(job.mrz.get(0), job.mrz.get(1), job.mrz.get(2));
      PACEResult pace = pace(service, job, mrz, out);
      service.sendSelectApplet(pace != null);
      if (pace == null) {
        service.doBAC(mrz);
        out.put("access", "BAC");
      }
      Map<String, byte[]> files = new LinkedHashMap<>();
      // chip authentication before everything else, so that its keys protect what follows
      if (job.files.containsKey("DG14")) {
        files.put("DG14", file(service, job.files.get("DG14")));
        EACCAResult chip = chipAuthentication(service, new DG14File(new ByteArrayInputStream(files.get("DG14"))), out);
        if (job.terminal != null) {
          terminalAuthentication(service, job, chip, pace);
          out.put("terminal", true);
        }
      }
      for (Map.Entry<String, Integer> one : job.files.entrySet()) {
        files.put(one.getKey(), file(service, one.getValue()));
      }
      if (job.active != null) {
        PublicKey key = new DG15File(new ByteArrayInputStream(files.get("DG15"))).getPublicKey();
        byte[] challenge = new byte[8];
        new SecureRandom().nextBytes(challenge);
        byte[] signature = service.doAA(key, job.active, null, challenge).getResponse();
        out.put("active", verified(key, job.active, challenge, signature));
      }
      Map<String, String> sent = new LinkedHashMap<>();
      files.forEach((name, data) -> sent.put(name, Base64.getEncoder().encodeToString(data)));
      out.put("files", sent);
    } finally {
      service.close();
    }
  }

  private static CardTerminal terminal(String name) throws CardException {
    for (CardTerminal terminal : TerminalFactory.getDefault().terminals().list()) {
      if (terminal.getName().startsWith(name)) {
        return terminal;
      }
    }
    throw new CardException("no reader " + name);
  }

  private static byte[] file(PassportService service, int id) throws Exception {
    try (InputStream in = service.getInputStream((short) id)) {
      return in.readAllBytes();
    }
  }

  /**
   * Reads EF.CardSecurity after PACE. JMRTD's own way to it sends a plain SELECT, which ends the session; here its secure
   * messaging protects each command.
   */
  private static byte[] cardSecurity(PassportService service) throws Exception {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    while (true) {
      int offset = content.size();
      int p1 = offset == 0 ? 0x80 | PassportService.SFI_CARD_SECURITY : offset >> 8;
      CommandAPDU read = new CommandAPDU(0, 0xB0, p1, offset & 0xFF, 200);
      ResponseAPDU answer = service.getWrapper().unwrap(service.transmit(service.getWrapper().wrap(read)));
      if (answer.getSW() != 0x9000) {
        return content.toByteArray(); // behind its end
      }
      content.write(answer.getData());
    }
  }

  private static PACEResult pace(PassportService service, Job job, BACKey mrz, Map<String, Object> out)
      throws Exception {
    byte[] access;
    try {
      access = file(service, PassportService.EF_CARD_ACCESS);
    } catch (Exception e) {
      return null; // a chip without PACE has no such file
    }
    for (SecurityInfo info : new CardAccessFile(new ByteArrayInputStream(access)).getSecurityInfos()) {
      if (info instanceof PACEInfo pace) {
        AccessKeySpec key = job.can == null ? PACEKeySpec.createMRZKey(mrz) : PACEKeySpec.createCANKey(job.can);
        PACEResult result = service.doPACE(key, pace.getObjectIdentifier(),
            PACEInfo.toParameterSpec(pace.getParameterId()), pace.getParameterId());
        out.put("access", pace.getProtocolOIDString());
        if (job.cam != null) {
          out.put("security", Base64.getEncoder().encodeToString(cardSecurity(service)));
          out.put("cam", camProves((PACECAMResult) result, new BigInteger(job.cam, 16)));
        }
        return result;
      }
    }
    return null;
  }

  /**
   * Whether the decrypted data times the chip's static key is its key of the mapping. JMRTD compares nothing, and takes
   * an initialisation vector of FF where it must be encrypted first, so the data are decrypted here.
   */
  private static boolean camProves(PACECAMResult result, BigInteger secret) throws Exception {
    Key key = result.getWrapper().getEncryptionKey();
    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, key);
    byte[] ones = new byte[16];
    Arrays.fill(ones, (byte) 0xFF);
    byte[] iv = cipher.doFinal(ones);
    cipher = Cipher.getInstance("AES/CBC/ISO7816-4Padding");
    cipher.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(iv));
    BigInteger data = new BigInteger(1, cipher.doFinal(result.getEncryptedChipAuthenticationData()));
    PublicKey mapping = ((PACEGMMappingResult) result.getMappingResult()).getPICCMappingPublicKey();
    ECPublicKey point = (ECPublicKey) KeyFactory.getInstance("EC", "BC").translateKey(mapping);
    ECPoint own = point.getParameters().getG().multiply(secret);
    return own.multiply(data).normalize().equals(point.getQ().normalize());
  }

  private static EACCAResult chipAuthentication(PassportService service, DG14File infos, Map<String, Object> out)
      throws Exception {
    ChipAuthenticationPublicKeyInfo key = null;
    ChipAuthenticationInfo protocol = null;
    for (SecurityInfo info : infos.getSecurityInfos()) {
      if (info instanceof ChipAuthenticationPublicKeyInfo one) {
        key = one;
      } else if (info instanceof ChipAuthenticationInfo one) {
        protocol = one;
      }
    }
    if (key != null && protocol != null) {
      out.put("chip", protocol.getProtocolOIDString());
      return service.doEACCA(key.getKeyId(), protocol.getObjectIdentifier(), key.getObjectIdentifier(),
          key.getSubjectPublicKey());
    }
    return null;
  }

  /** Terminal authentication from the first reference of EF.CVCA; JMRTD throws where the card refuses. */
  private static void terminalAuthentication(PassportService service, Job job, EACCAResult chip, PACEResult pace)
      throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("CVC");
    List<CardVerifiableCertificate> chain = new ArrayList<>();
    for (String one : job.terminal.chain) {
      byte[] data = Base64.getDecoder().decode(one);
      chain.add((CardVerifiableCertificate) factory.generateCertificate(new ByteArrayInputStream(data)));
    }
    boolean rsa = job.terminal.algorithm.startsWith("TA-RSA");
    PrivateKey key = KeyFactory.getInstance(rsa ? "RSA" : "EC", "BC")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(job.terminal.key)));
    CVCAFile named;
    try (InputStream in = service.getInputStream(PassportService.EF_CVCA)) {
      named = new CVCAFile(in);
    }
    if (pace != null) {
      service.doEACTA(named.getCAReference(), chain, key, null, chip, pace);
    } else {
      service.doEACTA(named.getCAReference(), chain, key, null, chip, job.mrz.get(0));
    }
  }

  /** Whether a signature of active authentication verifies; JMRTD leaves that to its caller. */
  private static boolean verified(PublicKey key, String hash, byte[] challenge, byte[] signature) throws Exception {
    if (key instanceof java.security.interfaces.RSAPublicKey rsa) {
      boolean first = hash.equals("SHA-1");
      Digest digest = first ? new SHA1Digest() : new SHA256Digest();
      ISO9796d2Signer signer = new ISO9796d2Signer(new RSAEngine(), digest, first);
      signer.init(false, new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent()));
      signer.updateWithRecoveredMessage(signature);
      signer.update(challenge, 0, challenge.length);
      return signer.verifySignature(signature);
    }
    Signature plain = Signature.getInstance(hash.replace("-", "") + "withPLAIN-ECDSA", "BC");
    plain.initVerify(key);
    plain.update(challenge);
    return plain.verify(signature);
  }
}
