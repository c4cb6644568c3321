package dev.picket.ota.release;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import java.util.regex.Pattern;

/** Names that become parts of paths: no separator, no leading dot, bounded. */
final class Names {
    /** Of releases, Sets, channels, tasks. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    /** Of files in a release. */
    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    private static final Pattern VERSION = Pattern.compile("[0-9A-Za-z][0-9A-Za-z.+-]{0,63}");

    private Names() {}

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    static String name(Fields fields, String field) throws RejectedException {
        return matching(fields, field, NAME, "1 to 64 of a-z, 0-9, dot, hyphen and underscore");
    }

    static String file(Fields fields, String field) throws RejectedException {
        return matching(fields, field, FILE, "a plain file name of at most 128 characters");
    }

    static String version(Fields fields, String field) throws RejectedException {
        return matching(fields, field, VERSION, "a version such as 1.2.0");
    }

    /** The path that a manifest was found at must be the one that its content gives. */
    static void checkPath(String found, String inside) throws RejectedException {
        if (!found.equals(inside)) {
            throw new RejectedException(
                    Reason.MALFORMED, found + " holds what belongs at " + inside + ": the name must match the path.");
        }
    }

    private static String matching(Fields fields, String field, Pattern pattern, String mustBe)
            throws RejectedException {
        String value = fields.text(field, 128);
        if (!pattern.matcher(value).matches()) {
            throw fields.fault(field, mustBe);
        }
        return value;
    }
}
