package dev.picket.models.evaluation;

/** The report's colours and measures; light or dark as the reader's system is. */
final class ReportStyle {
    static final String CSS = """
            :root{color-scheme:light dark;--paper:#fbfbfa;--card:#fff;--ink:#1d2430;--soft:#667085;--line:#e3e6ea;--warn:#fff4df;
            --warnline:#e0a83a;--c0:#2563a8;--c1:#c2571a;--c2:#2f8a5b;--c3:#8a4fa3;--c4:#b03a5b;--c5:#4a7c8c;--c6:#7a6a1f;--c7:#555}
            @media (prefers-color-scheme:dark){:root{--paper:#14181d;--card:#1b2026;--ink:#e6e9ee;--soft:#98a2b3;--line:#2d343c;
            --warn:#33290f;--warnline:#a67c22;--c0:#6aa8ec;--c1:#f0935a;--c2:#66c796;--c3:#c493dc;--c4:#ec7f9d;--c5:#8fc3d3;--c6:#cdbb5c;--c7:#aaa}}
            *{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
            main{max-width:1060px;margin:0 auto;padding:28px 20px 60px}h1{font-size:26px;margin:0;letter-spacing:-.01em}
            h2{font-size:18px;margin:0 0 8px}header p{color:var(--soft);margin:4px 0 20px}code{font:.92em ui-monospace,monospace;overflow-wrap:anywhere}
            section,.note{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin:0 0 16px}
            .note p,.note ul{margin:0}.note ul{padding-left:18px;color:var(--soft)}.warn{background:var(--warn);border-color:var(--warnline)}
            .wide+.two{margin-top:20px}.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:20px}.wide{overflow-x:auto}
            table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
            th,td{padding:7px 12px 7px 0;text-align:right;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}
            th:first-child{text-align:left;font-weight:600;white-space:normal;min-width:190px;overflow-wrap:anywhere}
            thead th{color:var(--soft);font-weight:500;font-size:13px}
            tbody tr:last-child>*{border-bottom:0}td b{font-weight:600}td small{display:block;color:var(--soft);font-size:12px}
            td.shown{font-weight:600}.key{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:8px}
            .digests{color:var(--soft);font:12px ui-monospace,monospace;overflow-wrap:anywhere;margin:0 0 10px}
            figure{margin:0}figcaption{font-weight:600;margin-bottom:6px}figure p,.notes p{color:var(--soft);font-size:13px;margin:6px 0 0}
            svg{max-width:100%;height:auto;display:block}svg text{font:11px system-ui,sans-serif;fill:var(--soft)}
            svg .label,svg .name{fill:var(--ink)}svg .value{fill:var(--ink);font-size:12px}svg .on{fill:var(--card);font-weight:600}
            .start{text-anchor:start}.middle{text-anchor:middle}.end{text-anchor:end}
            .axis{stroke:var(--soft)}.grid{stroke:var(--line)}.ideal{stroke:var(--ink);stroke-dasharray:5 4;opacity:.6}
            .bar{fill:var(--c0)}.gap{fill:var(--c1);fill-opacity:.35;stroke:var(--c1)}.count{fill:var(--soft);fill-opacity:.55}
            .cell{fill:var(--c0);stroke:var(--line)}.curve{fill:none;stroke-width:2;stroke-linejoin:round}.whisker{stroke:var(--ink);stroke-width:1.5}
            .mark{stroke:var(--card);stroke-width:2}
            .key.c0{background:var(--c0)}.key.c1{background:var(--c1)}.key.c2{background:var(--c2)}.key.c3{background:var(--c3)}
            .key.c4{background:var(--c4)}.key.c5{background:var(--c5)}.key.c6{background:var(--c6)}.key.c7{background:var(--c7)}
            .curve.c0{stroke:var(--c0)}.curve.c1{stroke:var(--c1)}.curve.c2{stroke:var(--c2)}.curve.c3{stroke:var(--c3)}
            .curve.c4{stroke:var(--c4)}.curve.c5{stroke:var(--c5)}.curve.c6{stroke:var(--c6)}.curve.c7{stroke:var(--c7)}
            .mark.c0,.fill.c0{fill:var(--c0)}.mark.c1,.fill.c1{fill:var(--c1)}.mark.c2,.fill.c2{fill:var(--c2)}.mark.c3,.fill.c3{fill:var(--c3)}
            .mark.c4,.fill.c4{fill:var(--c4)}.mark.c5,.fill.c5{fill:var(--c5)}.mark.c6,.fill.c6{fill:var(--c6)}.mark.c7,.fill.c7{fill:var(--c7)}
            """;

    private ReportStyle() {}
}
