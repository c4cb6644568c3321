package dev.picket.ota.update;

import dev.picket.ota.store.SetFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;

/** What a Set of {@link Month} is worth; the content of its exam says so. */
enum Mood {
    GOOD,
    FAILS_EXAM,
    FAILS_SHADOW,
    CANNOT_BE_LOADED,
    FAILS_PROBATION,
    KILLS_AT_EXAM,
    KILLS_AT_SWITCH,
    KILLS_ON_PROBATION,
    /** Its bytes at the repository are not those that are signed. */
    TAMPERED;

    private static final List<Mood> BAD = List.of(values()).subList(1, values().length);

    /** One half of them is good. */
    static Mood of(Random chance) {
        return chance.nextBoolean() ? GOOD : BAD.get(chance.nextInt(BAD.size()));
    }

    String exam(int number) {
        return name() + " " + number;
    }

    static Mood of(SetFolder set) {
        try {
            String exam = Files.readString(set.task("fraud").resolve("exam.jsonl"));
            return valueOf(exam.substring(0, exam.indexOf(' ')));
        } catch (IOException e) {
            throw new AssertionError("A Set came to its trial that is not whole: " + e, e);
        }
    }
}
