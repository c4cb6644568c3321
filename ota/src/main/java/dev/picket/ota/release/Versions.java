package dev.picket.ota.release;

/** Dotted versions, as far as a minimum needs them. */
public final class Versions {
    private Versions() {}

    /** Compares number by number; what follows a hyphen or plus does not count, and a missing number is 0. */
    public static int compare(String a, String b) {
        String[] left = numbers(a);
        String[] right = numbers(b);
        for (int i = 0; i < Math.max(left.length, right.length); i++) {
            int order = Long.compare(at(left, i), at(right, i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static String[] numbers(String version) {
        return version.split("[-+]", 2)[0].split("\\.", -1);
    }

    private static long at(String[] numbers, int i) {
        if (i >= numbers.length || !numbers[i].matches("[0-9]{1,18}")) {
            return 0;
        }
        return Long.parseLong(numbers[i]);
    }
}
