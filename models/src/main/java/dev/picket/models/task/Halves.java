package dev.picket.models.task;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows cut in two: temperature and bias are fitted on the one, thresholds are tested with the other. Rows with the same {@link TextKey}
 * fall together; of each label the keys go to the two in turns, in the order of their hashes.
 */
record Halves(List<LabelledText> fit, List<LabelledText> test) {
    static Halves of(List<LabelledText> rows) {
        Map<String, Integer> labels = new LinkedHashMap<>();
        Map<String, Long> hashes = new HashMap<>();
        for (LabelledText row : rows) {
            String key = TextKey.of(row.text());
            if (labels.putIfAbsent(key, row.label()) == null) {
                hashes.put(key, TextKey.hash(row.text(), "halves"));
            }
        }
        List<Map.Entry<String, Long>> sorted = new ArrayList<>(hashes.entrySet());
        sorted.sort(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()));
        Map<Integer, Integer> seen = new HashMap<>();
        Map<String, Boolean> first = new HashMap<>();
        for (Map.Entry<String, Long> each : sorted) {
            int turn = seen.merge(labels.getOrDefault(each.getKey(), 0), 1, Integer::sum);
            first.put(each.getKey(), turn % 2 == 1);
        }
        Map<Boolean, List<LabelledText>> cut = Map.of(true, new ArrayList<>(), false, new ArrayList<>());
        for (LabelledText row : rows) {
            boolean toFit = Boolean.TRUE.equals(first.get(TextKey.of(row.text())));
            cut.getOrDefault(toFit, new ArrayList<>()).add(row);
        }
        return new Halves(cut.getOrDefault(true, List.of()), cut.getOrDefault(false, List.of()));
    }
}
