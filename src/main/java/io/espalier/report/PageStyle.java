package io.espalier.report;

/** The style sheet of the page; without characters that XML would have to escape. */
final class PageStyle {

    private static final String PAGE =
            """
            :root { color-scheme: light dark; --paper: #fbfcfb; --card: #ffffff; --ink: #1b211e;
              --soft: #5a655f; --line: #dfe4e1; --accent: #1d7a53; --bad: #b4480f;
              --good-back: #e2f2ea; --bad-back: #fbe9df; --code: #f1f4f2; --track: #e4e9e5; }
            @media (prefers-color-scheme: dark) {
              :root { --paper: #121614; --card: #191e1b; --ink: #e6ebe8; --soft: #9aa69f;
                --line: #2d3531; --accent: #4fbf8b; --bad: #f0935a; --good-back: #17392a;
                --bad-back: #40251a; --code: #1f2522; --track: #2a322e; }
            }
            * { box-sizing: border-box; }
            html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
            body { margin: 0; background: var(--paper); color: var(--ink);
              font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
            header, main, footer { max-width: 50rem; margin: 0 auto; padding: 0 1.25rem; }
            header { padding-top: 2.5rem; }
            footer { padding-bottom: 3rem; }
            h1 { font-size: 1.9rem; line-height: 1.25; letter-spacing: -0.015em; margin: 0.4rem 0 1rem;
              font-weight: 650; text-wrap: pretty; }
            h1 .answers { font-weight: 400; color: var(--soft); }
            h2 { font-size: 1.2rem; line-height: 1.3; margin: 0 0 0.6rem; font-weight: 650; }
            h3 { font-size: 1rem; margin: 1.6rem 0 0.4rem; font-weight: 600; }
            p { margin: 0 0 0.8rem; }
            section { border-top: 1px solid var(--line); padding-top: 1.6rem; margin-top: 2rem; }
            main section:first-child { border-top: 0; margin-top: 1rem; }
            .eyebrow { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.9rem; color: var(--soft);
              font-size: 0.875rem; margin: 0; }
            .eyebrow .what { font-weight: 600; color: var(--accent); }
            .name, code, pre, .provenance dd { font-family: ui-monospace, "SF Mono", Menlo, Consolas,
              "DejaVu Sans Mono", monospace; font-size: 0.875em; overflow-wrap: anywhere; }
            .outcome strong { display: inline-block; padding: 0 0.6em; margin-right: 0.35em;
              border-radius: 1em; font-size: 0.875rem; font-weight: 600; color: var(--accent);
              background: var(--good-back); }
            .outcome strong.rejected { color: var(--bad); background: var(--bad-back); }
            .outcome strong.published, .outcome strong.candidate { color: var(--ink);
              background: var(--track); }
            .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr));
              gap: 0.9rem; margin: 1.4rem 0 0; }
            .figure { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
              padding: 0.9rem 1rem; }
            .figure p { margin: 0; }
            .figure .label { font-size: 0.875rem; font-weight: 600; }
            .figure .number { font-size: 2.1rem; line-height: 1.25; font-weight: 650;
              letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
            .figure .detail { font-size: 0.85rem; color: var(--soft); }
            .meter { display: block; width: 100%; height: 6px; margin: 0.35rem 0 0.5rem;
              border-radius: 3px; }
            .meter .track { fill: var(--track); }
            .meter .fill { fill: var(--accent); }
            .meter .limit { fill: var(--ink); }
            figure { margin: 1.2rem 0; }
            .picture { display: block; width: 100%; height: auto; }
            .picture.narrow { display: none; }
            .scroll { overflow-x: auto; margin: 0 0 0.8rem; }
            table { border-collapse: collapse; width: 100%; font-size: 0.9rem;
              font-variant-numeric: tabular-nums; }
            th, td { text-align: right; padding: 0.35rem 0 0.35rem 1rem; white-space: nowrap;
              border-bottom: 1px solid var(--line); vertical-align: top; }
            thead th { color: var(--soft); font-weight: 500; font-size: 0.8125rem;
              vertical-align: bottom; }
            th:first-child { text-align: left; padding-left: 0; }
            tbody th { font-weight: 400; }
            tr.main th, tr.main td { font-weight: 650; }
            .note { font-size: 0.85rem; color: var(--soft); }
            .record { font-size: 0.85rem; color: var(--soft); border-left: 3px solid var(--line);
              padding-left: 0.8rem; overflow-wrap: anywhere; }
            .tag { font-weight: 600; margin-right: 0.4em; }
            details { margin: 0 0 0.8rem; }
            summary { cursor: pointer; font-size: 0.9rem; color: var(--accent); padding: 0.3rem 0; }
            dl { margin: 0 0 1rem; }
            dd { margin: 0; }
            .bars { display: grid; grid-template-columns: max-content 1fr; gap: 0.35rem 1.2rem;
              font-size: 0.9rem; align-items: center; }
            .bars dd { display: grid; grid-template-columns: minmax(3rem, 16rem) max-content;
              gap: 0.8rem; align-items: center; }
            .bars .meter { margin: 0; }
            .interval { display: block; width: 100%; max-width: 27rem; height: auto; margin: 0.4rem 0; }
            .interval text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
              fill: var(--ink); }
            .interval .soft { fill: var(--soft); }
            .interval line { stroke-width: 1.5; stroke: var(--soft); }
            .interval .axis { stroke: var(--line); }
            .interval .range { stroke: var(--accent); stroke-width: 4; }
            .interval .dot { fill: var(--accent); }
            .interval .range.over { stroke: var(--bad); }
            .interval .dot.over { fill: var(--bad); }
            pre { background: var(--code); border-radius: 8px; padding: 0.75rem 0.9rem; margin: 0 0 1rem;
              overflow-x: auto; line-height: 1.5; font-size: 0.8125rem; }
            pre code { font-size: inherit; overflow-wrap: normal; }
            h3 code { font-size: 0.95em; }
            .format h3 { font-weight: 400; }
            .format h3 code { font-weight: 650; margin-right: 0.35em; }
            .size { color: var(--soft); font-size: 0.875rem; }
            .refused dt { font-weight: 600; font-size: 0.9rem; overflow-wrap: anywhere; }
            .refused dd { font-size: 0.9rem; margin-bottom: 0.7rem; }
            .omitted, .provenance { display: grid; grid-template-columns: max-content 1fr;
              gap: 0.3rem 1.2rem; font-size: 0.9rem; }
            .provenance dt { color: var(--soft); }
            @media (max-width: 560px) {
              header { padding-top: 1.5rem; }
              h1 { font-size: 1.45rem; }
              .figures { gap: 0.6rem; }
              .picture.wide { display: none; }
              .picture.narrow { display: block; }
              thead th { white-space: normal; }
              th, td { padding-left: 0.4rem; }
              table { font-size: 0.8125rem; }
              .bars, .omitted, .provenance { grid-template-columns: 1fr; gap: 0.1rem; }
              .bars dd, .omitted dd, .provenance dd { margin-bottom: 0.5rem; }
            }
            @media print { pre, .scroll { overflow: visible; white-space: pre-wrap; } }
            """;

    /** The page's rules and the picture's. */
    static final String TEXT = PAGE + StructureSvg.STYLE;

    private PageStyle() {}
}
