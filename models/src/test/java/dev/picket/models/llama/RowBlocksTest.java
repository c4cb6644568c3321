package dev.picket.models.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowBlocksTest {
    @ParameterizedTest
    @CsvSource({"100, 32, 320, 10", "100, 32, 330, 10", "100, 32, 31, 1", "7, 64, 1000000, 7", "1, 64, 64, 1"})
    void neverMoreValuesAreReadThanAllowedUnlessOneRowHasMore(int rows, int columns, int allowed, int atOnce)
            throws Exception {
        Matrix matrix = new Matrix("m", rows, columns);
        List<Integer> progress = new ArrayList<>();
        List<Integer> firstRows = new ArrayList<>();
        RowBlocks blocks = new RowBlocks(new RandomCheckpoint(1), allowed, progress::add);
        assertThat(blocks.rowsAtOnce(matrix)).isEqualTo(atOnce);
        blocks.read(matrix, (values, firstRow, taken) -> {
            assertThat(values).hasSize(taken * columns).hasSizeLessThanOrEqualTo(Math.max(allowed, columns));
            firstRows.add(firstRow);
        });
        assertThat(progress.stream().mapToInt(Integer::intValue).sum()).isEqualTo(rows);
        assertThat(firstRows).hasSize(Math.ceilDiv(rows, atOnce)).first().isEqualTo(0);
    }
}
