package dev.picket.models.llama;

/** What an exporter may get wrong: the reference makes the same mistake when told to, and must then differ. */
enum Trap {
    NONE,
    /** Neighbouring features turn together, in place of the two halves. */
    INTERLEAVED,
    /** The frequencies stay as they are without scaling. */
    UNSCALED,
    /** Every frequency is divided by the factor, also those that Llama 3 leaves. */
    SCALED_EVERYWHERE,
    /** Nothing lies between the frequencies that Llama 3 leaves and those that it divides. */
    SCALED_WITHOUT_PASSAGE,
    /** The base that holds where config.json has none. */
    OTHER_THETA,
    /** The norms' epsilon that holds where config.json has none. */
    OTHER_EPSILON,
    /** The same in the heads' norms only. */
    OTHER_HEAD_EPSILON,
    /** A norm's weight is taken as what is added to one. */
    NORM_PLUS_ONE,
    /** The norms lose their weights. */
    NO_NORM_WEIGHT,
    NO_QUERY_BIAS,
    NO_KEY_BIAS,
    NO_VALUE_BIAS,
    /** Heads are not normed. */
    NO_HEAD_NORMS,
    /** Heads are normed after they were turned. */
    LATE_HEAD_NORMS,
    /** All heads are normed as one. */
    JOINT_HEAD_NORMS,
    /** Queries are normed by the keys' weight and the other way round. */
    SWAPPED_HEAD_NORMS,
    /** Query heads share keys in turns, in place of neighbours sharing them. */
    OTHER_GROUPS,
    /** The output matrix is not the embedding, or the other way round. */
    OTHER_OUTPUT,
    /** Scores are divided by the root of the width over the heads, whatever the heads' size. */
    OTHER_SCALE
}
