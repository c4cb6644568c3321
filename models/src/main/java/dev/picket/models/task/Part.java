package dev.picket.models.task;

import dev.picket.inference.BadArtefactException;
import java.util.List;
import java.util.Locale;

/**
 * What a row of one big file is for, by the hash of its {@link TextKey}: nobody has to cut files, near-identical rows fall together, and
 * a row that is added later moves no other.
 */
public enum Part {
    TRAIN(55),
    DEV(70),
    CALIBRATE(85),
    TEST(100);

    private static final int PERCENT = 100;

    private final int below;

    Part(int below) {
        this.below = below;
    }

    static Part of(String text) {
        long at = TextKey.hash(text, "part") % PERCENT;
        for (Part each : values()) {
            if (at < each.below) {
                return each;
            }
        }
        throw new IllegalStateException("The parts end at " + PERCENT);
    }

    /** The rows of this part. */
    public List<LabelledText> of(List<LabelledText> rows) throws BadArtefactException {
        List<LabelledText> mine =
                rows.stream().filter(row -> of(row.text()) == this).toList();
        if (mine.isEmpty()) {
            throw new BadArtefactException("None of the " + rows.size() + " rows falls in the part '"
                    + name().toLowerCase(Locale.ROOT) + "'; give more rows.");
        }
        return mine;
    }
}
