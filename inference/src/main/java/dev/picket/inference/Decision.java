package dev.picket.inference;

/** What is done with a classification. */
public sealed interface Decision {
    /** The label stands: its confidence reached the threshold. */
    record Accept() implements Decision {}

    /** A person should look: below the threshold, no threshold known, or a label that always escalates. */
    record Escalate() implements Decision {}

    /**
     * No classification could be made.
     *
     * @param reason one or two words, lower case: {@code crash}, {@code deadline}, {@code error}, {@code empty}
     */
    record Failed(String reason) implements Decision {}

    /** {@code ACCEPT}, {@code ESCALATE} or {@code FAILED(reason)}. */
    default String wireName() {
        return switch (this) {
            case Accept _ -> "ACCEPT";
            case Escalate _ -> "ESCALATE";
            case Failed(String reason) -> "FAILED(" + reason + ")";
        };
    }
}
