import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Writes what a package says of its parts: {@code bom.cdx.json} (CycloneDX, with the runtime that the build does not
 * know of) and {@code copyright} (Debian's machine-readable form, a paragraph a part).
 *
 * <p>Arguments: the build's bom.json, the runtime's {@code release} file, where the runtime is from, the version, the
 * folder to write to, the folder of jars. On its class path is Jackson.
 */
final class Papers {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    /** What parts say of themselves in words, as SPDX names; anything else stops the build, so that somebody looks. */
    private static final Map<String, String> WORDS = Map.of(
            "public domain, per creative commons cc0", "CC0-1.0",
            "apache license 2.0", "Apache-2.0",
            "the apache software license, version 2.0", "Apache-2.0",
            "apache license, version 2.0", "Apache-2.0",
            "eclipse public license - version 2.0", "EPL-2.0",
            "eclipse distribution license - version 1.0", "BSD-3-Clause",
            "the bsd license", "BSD-3-Clause",
            "gnu lesser general public license", "LGPL-2.1",
            "mit license", "MIT");

    private static final Map<String, String> COMMON = Map.of(
            "Apache-2.0", "On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.",
            "LGPL-2.1", "On Debian systems the text is in /usr/share/common-licenses/LGPL-2.1.",
            "LGPL-2.1-or-later", "On Debian systems the text is in /usr/share/common-licenses/LGPL-2.1.",
            "GPL-2.0-with-classpath-exception",
                    "On Debian systems the text is in /usr/share/common-licenses/GPL-2; the exception, and the licences of"
                            + " what the JDK holds of others, are in /usr/lib/picket/runtime/legal.",
            "CC0-1.0", "On Debian systems the text is in /usr/share/common-licenses/CC0-1.0.");

    private Papers() {}

    public static void main(String[] arguments) throws IOException, GeneralSecurityException {
        ObjectNode bom = (ObjectNode) JSON.readTree(Files.readAllBytes(Path.of(arguments[0])));
        Properties release = new Properties();
        try (Reader in = Files.newBufferedReader(Path.of(arguments[1]))) {
            release.load(in);
        }
        String jdk = release.getProperty("JAVA_RUNTIME_VERSION", release.getProperty("JAVA_VERSION")).replace("\"", "");
        Path out = Path.of(arguments[4]);
        List<Part> parts = new ArrayList<>();
        for (JsonNode component : bom.path("components")) {
            Part part = Part.of(component);
            parts.add(part);
            if (part.isOurs()) {
                digest((ObjectNode) component, Path.of(arguments[5]).resolve(part.jar()));
            }
        }
        Files.writeString(out.resolve("copyright"), copyright(parts, jdk, arguments[2]));
        ObjectNode about = (ObjectNode) bom.path("metadata").path("component");
        about.put("name", "picket").put("version", arguments[3]).put("type", "application");
        ((ArrayNode) bom.path("components"))
                .addObject()
                .put("type", "library")
                .put("bom-ref", "openjdk@" + jdk)
                .put("publisher", arguments[2])
                .put("name", "openjdk")
                .put("version", jdk)
                .put("description", "The runtime: those modules of the JDK that the agent needs, by jlink.")
                .putArray("licenses")
                .addObject()
                .putObject("license")
                .put("name", "GPL-2.0-with-classpath-exception");
        Files.writeString(out.resolve("bom.cdx.json"), JSON.writeValueAsString(bom) + "\n");
    }

    /** Our own jars were written again since the build took their digests. Other parts keep those that their makers publish. */
    private static void digest(ObjectNode component, Path jar) throws IOException, GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
        component.putArray("hashes").addObject().put("alg", "SHA-256").put("content", HexFormat.of().formatHex(digest));
    }

    /** A jar: its name without the version's end, who made it, and under what. */
    private record Part(String name, String version, String publisher, String site, List<String> licences) {
        boolean isOurs() {
            return name.startsWith("picket-");
        }

        String jar() {
            return name + "-" + version + ".jar";
        }

        static Part of(JsonNode component) throws IOException {
            String name = component.path("name").asText();
            List<String> licences = new ArrayList<>();
            for (JsonNode each : component.path("licenses")) {
                if (each.has("expression")) {
                    licences.add(each.path("expression").asText());
                    continue;
                }
                JsonNode licence = each.path("license");
                String words = licence.path("name").asText();
                String id = licence.path("id").asText(WORDS.getOrDefault(words.toLowerCase(java.util.Locale.ROOT), ""));
                if (id.isEmpty()) {
                    throw new IOException("The licence '" + words + "' of " + name + " has no SPDX name in Papers.WORDS.");
                }
                if (!licences.contains(id)) {
                    licences.add(id);
                }
            }
            if (licences.isEmpty()) {
                throw new IOException(name + " names no licence; find it out before it is shipped.");
            }
            String site = "";
            for (JsonNode reference : component.path("externalReferences")) {
                if (site.isEmpty() || reference.path("type").asText().equals("website")) {
                    site = reference.path("url").asText();
                }
            }
            String group = component.path("group").asText();
            String who = component.path("publisher").asText(group);
            return new Part(name, component.path("version").asText(), who, site, licences);
        }
    }

    private static String copyright(List<Part> parts, String jdk, String jdkFrom) {
        StringBuilder text = new StringBuilder();
        text.append("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n");
        text.append("Upstream-Name: picket\n");
        text.append("Comment: Notices that parts bring are in /usr/share/doc/picket/licences; all parts with versions and\n");
        text.append(" digests are in /usr/share/doc/picket/bom.cdx.json.\n\n");
        text.append("Files: *\nCopyright: 2026, the Picket authors\nLicense: Apache-2.0\n\n");
        TreeMap<String, String> licences = new TreeMap<>();
        licences.put("Apache-2.0", "");
        for (Part part : parts) {
            if (part.isOurs()) {
                continue;
            }
            String all = String.join(" or ", part.licences).replace(" OR ", " or ").replace(" AND ", " and ");
            text.append("Files: usr/lib/picket/lib/" + part.jar() + "\n");
            text.append("Copyright: " + part.publisher + " and contributors\n");
            text.append(part.site.isEmpty() ? "" : "Comment: " + part.site + "\n");
            text.append("License: " + all + "\n\n");
            for (String each : all.split(" (or|and) ")) {
                licences.put(each, "");
            }
        }
        text.append("Files: usr/lib/picket/runtime/*\nCopyright: Oracle and/or its affiliates, and contributors\n");
        text.append("Comment: OpenJDK " + jdk + ", " + jdkFrom + "\n");
        text.append("License: GPL-2.0-with-classpath-exception\n\n");
        licences.put("GPL-2.0-with-classpath-exception", "");
        for (String each : licences.keySet()) {
            String where = COMMON.getOrDefault(
                    each, "The text: https://spdx.org/licenses/" + each + ".html, and in the part's own jar.");
            text.append("License: " + each + "\n " + where + "\n\n");
        }
        return text.toString();
    }
}
