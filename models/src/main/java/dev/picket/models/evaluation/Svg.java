package dev.picket.models.evaluation;

import java.util.Locale;

/** An inline drawing; colours come from the page's style by class, texts are escaped. */
final class Svg {
    private final StringBuilder out = new StringBuilder();

    /** @param said what the drawing shows, for those who cannot see it */
    Svg(int width, int height, String said) {
        add(
                "<svg viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\" role=\"img\" aria-label=\"%3$s\">",
                width, height, escaped(said));
    }

    Svg line(String style, double x1, double y1, double x2, double y2) {
        return add("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", style, x1, y1, x2, y2);
    }

    Svg rectangle(String style, double x, double y, double width, double height, String title) {
        return add(
                "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s</title></rect>",
                style, x, y, Math.max(0, width), Math.max(0, height), escaped(title));
    }

    /** @param strength of the colour, 0 to 1 */
    Svg cell(double x, double y, double size, double strength, String title) {
        return add(
                "<rect class=\"cell\" style=\"fill-opacity:%.3f\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">"
                        + "<title>%s</title></rect>",
                strength, x, y, size, size, escaped(title));
    }

    /** @param style its last word is the anchor: start, middle or end */
    Svg text(String style, double x, double y, String text) {
        return add("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", style, x, y, escaped(text));
    }

    /** A name below a column, leaning so that long ones fit. */
    Svg slanted(double x, double y, String text) {
        return add(
                "<text class=\"name end\" transform=\"translate(%.1f %.1f) rotate(-45)\">%s</text>",
                x, y, escaped(text));
    }

    Svg dot(String style, double x, double y, String title) {
        return add(
                "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"><title>%s</title></circle>",
                style, x, y, escaped(title));
    }

    /** @param points x and y in turns */
    Svg path(String style, double... points) {
        StringBuilder d = new StringBuilder();
        for (int i = 0; i + 1 < points.length; i += 2) {
            d.append(String.format(Locale.ROOT, "%s%.1f %.1f", i == 0 ? "M" : "L", points[i], points[i + 1]));
        }
        return add("<path class=\"%s\" d=\"%s\"/>", style, d);
    }

    /** Its annotation would be a dependency for this alone. */
    @SuppressWarnings("AnnotateFormatMethod")
    private Svg add(String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments));
        return this;
    }

    @Override
    public String toString() {
        return out + "</svg>";
    }

    /** Text that no markup can be made of, between tags and within quotes. */
    static String escaped(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            switch (point) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(Character.isISOControl(point) && point != '\n' ? 0xFFFD : point);
            }
        });
        return safe.toString();
    }
}
