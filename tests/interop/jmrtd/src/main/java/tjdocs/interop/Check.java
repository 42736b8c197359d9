package tjdocs.interop;

import com.google.gson.*;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.time.*;
import java.util.*;
import java.util.logging.*;
import org.jmrtd.Util;
import org.jmrtd.cbeff.BiometricDataBlock;
import org.jmrtd.lds.*;
import org.jmrtd.lds.icao.*;
import org.jmrtd.lds.iso19794.FaceInfo;
import org.jmrtd.lds.iso39794.FaceImageDataBlock;

/**
 * Reads the files of a travel document with JMRTD, does passive authentication and prints what it saw as JSON.
 *
 * <p>Exit status: 0 when the input was read, whatever JMRTD thinks of the document; 2 for unusable arguments.
 */
public final class Check {
  private static final String USAGE = """
      usage: java -jar jmrtd-check.jar --csca FILE [--csca FILE]... [--at RFC3339] DIR
             java -jar jmrtd-check.jar --vectors    (a JSON array or JSON lines on standard input)
             java -jar jmrtd-check.jar --adapter    (questions of "tjdocs vectors run --lines")""";
  private static final Gson JSON = new GsonBuilder().disableHtmlEscaping()
      .registerTypeAdapter(byte[].class, (JsonDeserializer<byte[]>) (json, type, context) ->
          Base64.getDecoder().decode(json.getAsString()))
      .registerTypeAdapter(Date.class, (JsonDeserializer<Date>) (json, type, context) -> time(json.getAsString()))
      .create();
  private static final Provider PROVIDER = Util.getBouncyCastleProvider();
  private static final List<String> NAMES = List.of("DG1", "DG2", "DG3", "DG4", "DG5", "DG6", "DG7", "DG8", "DG9",
      "DG10", "DG11", "DG12", "DG13", "DG14", "DG15", "DG16", "EF_SOD", "EF_COM");
  private static final Set<String> LOGGED = new LinkedHashSet<>();

  /** One document to judge, in the shape in which --vectors takes it (byte strings are base64). */
  private static final class Document {
    String id;
    Map<String, byte[]> files = new LinkedHashMap<>();
    List<byte[]> csca = new ArrayList<>();
    Date at;
  }

  private interface Step {
    void run() throws Exception;
  }

  private final Document document;
  private final Map<String, Object> out = new LinkedHashMap<>();
  private final Map<String, LDSFile> read = new LinkedHashMap<>();
  private final Map<String, String> errors = new LinkedHashMap<>();
  private final Map<String, Set<String>> warnings = new LinkedHashMap<>();
  private final Set<TrustAnchor> anchors = new HashSet<>();

  private Check(Document document) {
    this.document = document;
  }

  /** Judges one document. Nothing in its bytes makes this fail: all goes into the result. */
  private Map<String, Object> run() {
    out.put("id", document.id);
    document.files.forEach((name, data) -> attempt(name, () -> {
      int index = NAMES.indexOf(name);
      int fileId = index < 16 ? 0x0101 + index : 0x010D + index; // EF.SOD is 011D, EF.COM 011E
      read.put(name, LDSFileUtil.getLDSFile((short) fileId, stream(data)));
    }));
    for (int i = 0; i < document.csca.size(); i++) {
      byte[] encoded = document.csca.get(i);
      attempt("csca[" + i + "]", () -> addAnchor(encoded));
    }
    authenticate();
    List<String> reencoded = new ArrayList<>();
    read.forEach((name, file) -> {
      attempt(name, () -> describe(name, file));
      attempt("reencoding " + name, () -> {
        if (Arrays.equals(file.getEncoded(), document.files.get(name))) {
          reencoded.add(name);
        }
      });
    });
    out.put("parsed", read.keySet());
    out.put("reencoded", reencoded);
    out.put("errors", errors);
    out.put("warnings", warnings);
    return out;
  }

  /** Runs a step; what it throws goes to the errors under that name, what JMRTD logs meanwhile to the warnings. */
  private boolean attempt(String name, Step step) {
    LOGGED.clear();
    try {
      step.run();
      return true;
    } catch (Exception | StackOverflowError | OutOfMemoryError e) {
      String text = e.getClass().getSimpleName() + ": " + e.getMessage();
      errors.merge(name, text, (old, more) -> old + "; " + more);
      return false;
    } finally {
      if (!LOGGED.isEmpty()) {
        warnings.computeIfAbsent(name, key -> new LinkedHashSet<>()).addAll(LOGGED);
      }
    }
  }

  // --- passive authentication ---------------------------------------------------------------------

  /** The three steps that programs built on JMRTD do; all are tried, so that no failure hides another. */
  private void authenticate() {
    Map<String, Boolean> steps = new LinkedHashMap<>();
    out.put("passive_authentication", false);
    out.put("error", "no EF_SOD was read");
    out.put("steps", steps);
    out.put("hashed", List.of());
    if (read.get("EF_SOD") instanceof SODFile sod) {
      steps.put("signature", attempt("signature", () -> verifySignature(sod)));
      steps.put("hashes", attempt("hashes", () -> compareHashes(sod)));
      steps.put("chain", attempt("chain", () -> verifySigner(signer(sod))));
      List<String> failed = steps.keySet().stream().filter(errors::containsKey)
          .map(name -> name + ": " + errors.remove(name)).toList();
      out.put("passive_authentication", failed.isEmpty());
      out.put("error", failed.isEmpty() ? null : String.join("; ", failed));
    }
  }

  private static X509Certificate signer(SODFile sod) {
    return Objects.requireNonNull(sod.getDocSigningCertificate(), "JMRTD finds no certificate in EF.SOD");
  }

  /** The JCA name of the signature; JMRTD leaves the digest open for RSA-PSS and for bare rsaEncryption. */
  private static String signatureAlgorithm(SODFile sod) {
    String name = String.valueOf(sod.getDigestEncryptionAlgorithm());
    String digest = String.valueOf(sod.getSignerInfoDigestAlgorithm()).replace("-", "");
    return switch (name) {
      case "SSAwithRSA/PSS" -> digest + "withRSA/PSS";
      case "RSA" -> digest + "withRSA";
      default -> name; // "null" where JMRTD does not know it: no provider has that
    };
  }

  private static void verifySignature(SODFile sod) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(signatureAlgorithm(sod), PROVIDER);
    var parameters = sod.getDigestEncryptionAlgorithmParams();
    if (parameters != null) {
      signature.setParameter(parameters);
    }
    signature.initVerify(signer(sod)); // minds a critical key usage
    signature.update(sod.getEContent()); // the signed attributes; throws when the content does not fit them
    if (!signature.verify(sod.getEncryptedDigest())) {
      throw new SignatureException("the signature does not verify");
    }
  }

  private void compareHashes(SODFile sod) throws GeneralSecurityException {
    Map<Integer, byte[]> stored = sod.getDataGroupHashes();
    List<Integer> fitting = new ArrayList<>();
    List<Integer> differing = new ArrayList<>();
    List<Integer> unlisted = new ArrayList<>();
    Set<Integer> missing = new TreeSet<>(stored.keySet());
    out.put("hashed", fitting);
    out.put("unlisted", unlisted);
    out.put("missing", missing);
    for (int number = 1; number <= 16; number++) {
      byte[] data = document.files.get("DG" + number);
      if (data != null && !missing.remove(number)) {
        unlisted.add(number);
      } else if (data != null) {
        byte[] hash = MessageDigest.getInstance(sod.getDigestAlgorithm(), PROVIDER).digest(data);
        (Arrays.equals(hash, stored.get(number)) ? fitting : differing).add(number);
      }
    }
    if (!differing.isEmpty() || fitting.isEmpty()) {
      throw new SignatureException("data groups whose hash differs: " + differing + ", fits: " + fitting);
    }
  }

  /** Every CSCA given is an anchor; where a time was given, it must be valid then (PKIX minds no anchor's dates). */
  private void addAnchor(byte[] encoded) throws GeneralSecurityException {
    InputStream stream = new ByteArrayInputStream(encoded);
    X509Certificate certificate = (X509Certificate) certificates().generateCertificate(stream);
    if (document.at != null) {
      certificate.checkValidity(document.at);
    }
    anchors.add(new TrustAnchor(certificate, null));
  }

  /** A path of one certificate. Where no time was given, its first moment stands in: validity is not judged. */
  private void verifySigner(X509Certificate signer) throws GeneralSecurityException {
    PKIXParameters parameters = new PKIXParameters(anchors);
    parameters.setRevocationEnabled(false);
    parameters.setDate(document.at != null ? document.at : signer.getNotBefore());
    CertPathValidator validator = CertPathValidator.getInstance("PKIX", PROVIDER);
    validator.validate(certificates().generateCertPath(List.of(signer)), parameters);
  }

  private static CertificateFactory certificates() throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509", PROVIDER);
  }

  // --- values -------------------------------------------------------------------------------------

  private void describe(String name, LDSFile file) throws Exception {
    Map<String, Object> values = new LinkedHashMap<>(); // stays empty for DG3 to DG7: read, no more is said
    out.put(name.replace("EF_", "").toLowerCase(Locale.ROOT), values);
    if (file instanceof SODFile sod) {
      values.put("lds_version", sod.getLDSVersion());
      values.put("hash_algorithm", String.valueOf(sod.getDigestAlgorithm()).replace("-", "").toLowerCase(Locale.ROOT));
      values.put("signature_algorithm", signatureAlgorithm(sod));
      Map<Integer, String> groups = new TreeMap<>();
      sod.getDataGroupHashes().forEach((number, hash) -> groups.put(number, HexFormat.of().formatHex(hash)));
      values.put("data_groups", groups);
      values.put("signer_subject", signer(sod).getSubjectX500Principal().getName());
      values.put("certificate_serial", signer(sod).getSerialNumber().toString(16));
    } else if (file instanceof COMFile com) {
      values.put("lds_version", com.getLDSVersion());
      values.put("unicode_version", com.getUnicodeVersion());
      values.put("tags", Arrays.stream(com.getTagList()).mapToObj(Integer::toHexString).toList());
    } else if (file instanceof DG1File dg1) {
      MRZInfo mrz = dg1.getMRZInfo();
      values.put("mrz", mrz.toString().replace("\n", ""));
      values.put("sex", switch (mrz.getGenderCode()) { case MALE -> "M"; case FEMALE -> "F"; default -> "<"; });
      values.putAll(getters(mrz));
    } else if (file instanceof DG2File dg2) {
      List<Object> images = new ArrayList<>();
      for (BiometricDataBlock block : dg2.getSubRecords()) {
        List<? extends ImageInfo> faces = block instanceof FaceInfo face
            ? face.getFaceImageInfos() : ((FaceImageDataBlock) block).getRepresentationBlocks();
        for (ImageInfo face : faces) {
          byte[] data = face.getImageInputStream().readNBytes(face.getImageLength());
          images.add(new TreeMap<>(Map.of("width", face.getWidth(), "height", face.getHeight(),
              "mime", String.valueOf(face.getMimeType()), "sha256", sha256(data))));
        }
      }
      values.put("images", images);
    } else if (file instanceof DG11File || file instanceof DG12File) {
      values.putAll(getters(file));
    } else if (file instanceof DG14File dg14) {
      values.put("oids", dg14.getSecurityInfos().stream().map(SecurityInfo::getObjectIdentifier).sorted().toList());
    } else if (file instanceof DG15File dg15) {
      values.put("sha256", sha256(dg15.getPublicKey().getEncoded()));
    }
  }

  /** All texts, lists and images (as their SHA-256) that JMRTD offers here: getDateOfBirth is date_of_birth. */
  private static Map<String, Object> getters(Object source) throws Exception {
    Map<String, Object> values = new TreeMap<>();
    for (var method : source.getClass().getDeclaredMethods()) {
      String name = method.getName().replaceAll("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_");
      if (name.startsWith("get_") && !name.equals("get_Tag_Presence_List") && method.getParameterCount() == 0
          && Set.of(String.class, List.class, byte[].class).contains(method.getReturnType())) {
        Object value = method.invoke(source);
        values.put(name.substring(4).toLowerCase(Locale.ROOT), value instanceof byte[] data ? sha256(data) : value);
      }
    }
    return values;
  }

  private static String sha256(byte[] data) throws GeneralSecurityException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
  }

  // --- input and output ---------------------------------------------------------------------------

  private static Date time(String text) {
    return Date.from(OffsetDateTime.parse(text).toInstant());
  }

  /** A file as a stream in which nobody skips on the spot at the end for ever, as JMRTD does. */
  private static InputStream stream(byte[] data) {
    return new ByteArrayInputStream(data) {
      @Override
      public synchronized long skip(long count) {
        if (count > 0 && available() == 0) {
          throw new UncheckedIOException(new EOFException("skipped past the end of the file"));
        }
        return super.skip(count);
      }
    };
  }

  /** Takes the files of one document under their plain names or those that published specimens bear. */
  private static void readFolder(Path folder, Document document) throws IOException {
    for (String name : NAMES) {
      for (String spelling : List.of(name, "EF_" + name, name.replace("DG", "Datagroup"))) {
        Path path = folder.resolve(spelling + ".bin");
        if (Files.exists(path)) {
          document.files.putIfAbsent(name, Files.readAllBytes(path));
        }
      }
    }
  }

  private static void judge(Document document, PrintStream stdout) {
    if (document == null || document.files == null || document.csca == null || document.csca.contains(null)
        || document.files.isEmpty() || document.files.containsValue(null)
        || !NAMES.containsAll(document.files.keySet())) {
      throw new IllegalArgumentException("a document has files, named as in " + NAMES);
    }
    stdout.println(JSON.toJson(new Check(document).run()));
  }

  // --- an adapter of the test vectors -------------------------------------------------------------

  /** Answers one question of test_vectors/README.md; what JMRTD has nothing for is unsupported. */
  private static Map<String, Object> answer(JsonObject input) {
    return switch (input.get("operation").getAsString()) {
      case "authenticate" -> authentication(input);
      case "lds-file" -> {
        Document document = new Document();
        document.files.put(plainName(input.get("name").getAsString()), bytes(input.get("data")));
        Map<String, Object> found = new Check(document).run();
        Map<?, ?> errors = new TreeMap<>((Map<?, ?>) found.get("errors"));
        errors.keySet().removeIf(key -> ((String) key).startsWith("reencoding"));
        yield judged(errors.isEmpty(), String.valueOf(errors));
      }
      case "check-digit" -> Map.of("result", String.valueOf(MRZInfo.checkDigit(input.get("text").getAsString())));
      default -> Map.of("result", "unsupported");
    };
  }

  /** Passive authentication as in {@link #authenticate}: paths of one step, and no policy of trust. */
  private static Map<String, Object> authentication(JsonObject input) {
    if (input.has("trust") || input.has("candidates") && !input.getAsJsonArray("candidates").isEmpty()) {
      return Map.of("result", "unsupported");
    }
    Document document = new Document();
    input.getAsJsonObject("files").asMap().forEach((name, data) -> document.files.put(plainName(name), bytes(data)));
    input.getAsJsonArray("anchors").forEach(anchor -> document.csca.add(bytes(anchor)));
    String at = input.get("at").getAsString();
    document.at = time(at.contains("T") ? at : at + "T12:00:00Z");
    Map<String, Object> found = new Check(document).run();
    if (String.valueOf(found.get("error")).contains("no such algorithm: null")) {
      return Map.of("result", "unsupported"); // JMRTD has no name for the signature algorithm
    }
    return judged((Boolean) found.get("passive_authentication"), String.valueOf(found.get("error")));
  }

  private static Map<String, Object> judged(boolean valid, String reason) {
    return valid ? Map.of("result", "valid") : Map.of("result", "invalid", "reason", reason);
  }

  private static String plainName(String name) {
    return name.replace('.', '_');
  }

  private static byte[] bytes(JsonElement text) {
    return Base64.getDecoder().decode(text.getAsString());
  }

  private static void run(List<String> arguments, PrintStream stdout) throws IOException {
    if (arguments.equals(List.of("--adapter"))) {
      BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        stdout.println(JSON.toJson(answer(JsonParser.parseString(line).getAsJsonObject().getAsJsonObject("input"))));
      }
      return;
    }
    if (arguments.equals(List.of("--vectors"))) {
      JsonStreamParser input = new JsonStreamParser(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      while (input.hasNext()) {
        JsonElement element = input.next();
        Iterable<JsonElement> vectors = element.isJsonArray() ? element.getAsJsonArray() : List.of(element);
        for (JsonElement vector : vectors) {
          judge(JSON.fromJson(vector, Document.class), stdout);
        }
      }
      return;
    }
    Document document = new Document();
    Deque<String> words = new ArrayDeque<>(arguments);
    while (words.size() > 1) {
      switch (words.pop()) {
        case "--csca" -> document.csca.add(Files.readAllBytes(Path.of(words.pop())));
        case "--at" -> document.at = time(words.pop());
        default -> throw new IllegalArgumentException("one folder is wanted, last");
      }
    }
    if (words.isEmpty() || words.peek().startsWith("--") || document.csca.isEmpty()) {
      throw new IllegalArgumentException("one folder and at least one --csca are needed");
    }
    readFolder(Path.of(words.pop()), document);
    judge(document, stdout);
  }

  public static void main(String[] args) {
    for (Handler console : Logger.getLogger("").getHandlers()) {
      console.setLevel(Level.WARNING);
      console.setFilter(record -> {
        LOGGED.add(record.getMessage() + (record.getThrown() == null ? "" : ": " + record.getThrown()));
        return false; // JMRTD logs parts of what it reads: nothing of it goes to the console
      });
    }
    try {
      run(List.of(args), new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
    } catch (IOException | JsonParseException | IllegalArgumentException | DateTimeException
        | IllegalStateException | UnsupportedOperationException e) { // the last two: JSON of another shape
      System.err.println("jmrtd-check: " + e + "\n" + USAGE);
      System.exit(2);
    }
  }
}
