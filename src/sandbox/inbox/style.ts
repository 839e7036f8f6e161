/** The one style sheet of all pages; colours follow the system's. */
export const STYLE = `:root {
  color-scheme: light dark;
  --page: #eef1f5;
  --pane: #ffffff;
  --text: #17202e;
  --muted: #566173;
  --line: #dce1e8;
  --hover: #f3f6f9;
  --accent: #0b6e99;
  --chosen: #e2f1f8;
  --danger: #b3261e;
  --json: #0b6e99;
  --mime: #7a4bb5;
  --draft: #9a5b00;
  --good: #1d7a46;
  --code: #f4f6f9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f141b;
    --pane: #171e27;
    --text: #e4e9f0;
    --muted: #9aa7b8;
    --line: #2a3441;
    --hover: #1e2732;
    --accent: #62c0e8;
    --chosen: #17384a;
    --danger: #ff8a80;
    --json: #62c0e8;
    --mime: #c4a1f2;
    --draft: #f0b45c;
    --good: #6fd39b;
    --code: #10161d;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0;
  min-height: 100dvh;
  display: grid;
  grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr);
  background: var(--page);
  color: var(--text);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
a { color: var(--accent); }
h1 { font-size: 1.3rem; line-height: 1.3; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
ul, ol { margin: 0; padding: 0; list-style: none; }
code, pre, kbd { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 4px; }
.hidden, .skip:not(:focus) {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.skip:focus { position: absolute; z-index: 2; top: 0; left: 0; padding: 0.7rem 1rem; background: var(--pane); }

/* The head */
body > header {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.5rem 1rem;
  padding: 0.55rem 1rem;
  background: var(--pane);
  border-bottom: 1px solid var(--line);
}
.brand { display: flex; align-items: center; gap: 0.55rem; color: inherit; font-weight: 650; text-decoration: none; white-space: nowrap; }
.search { flex: 1 1 10rem; max-width: 34rem; }
header nav { display: flex; gap: 0.15rem; overflow-x: auto; }
header nav a { padding: 0.4rem 0.7rem; border-radius: 6px; color: var(--muted); text-decoration: none; white-space: nowrap; }
header nav a:hover { background: var(--hover); }
header nav a[aria-current] { background: var(--chosen); color: var(--text); font-weight: 600; }
.live { margin-left: auto; color: var(--good); font-size: 0.85rem; white-space: nowrap; }
.live::before { content: ""; display: inline-block; width: 8px; height: 8px; margin-right: 0.4rem; border-radius: 50%; background: currentColor; }
.live.off { color: var(--danger); }
.live[hidden] { display: none; }

/* Forms */
input, select, button, .button, summary {
  min-height: 2.35rem;
  padding: 0.35rem 0.75rem;
  border: 1px solid var(--line);
  border-radius: 7px;
  background: var(--pane);
  color: inherit;
  font: inherit;
}
input[type="search"] { width: 100%; background: var(--page); }
input[type="checkbox"] { min-height: 0; }
::placeholder { color: var(--muted); opacity: 1; }
button, .button, summary { display: inline-flex; align-items: center; justify-content: center; gap: 0.4rem; cursor: pointer; color: var(--text); text-decoration: none; }
button:hover, a.button:hover, summary:hover { background: var(--hover); }
button.main { background: var(--accent); border-color: var(--accent); color: var(--pane); font-weight: 600; }
.danger { color: var(--danger); border-color: currentColor; }
summary { list-style: none; }
summary::-webkit-details-marker { display: none; }

/* Panes */
.panes { display: grid; grid-template-columns: 15rem minmax(19rem, 25rem) minmax(0, 1fr); min-height: 0; }
.mailboxes { padding: 0.9rem 0.6rem; overflow: auto; }
.mailboxes h2 { padding: 0 0.6rem 0.4rem; color: var(--muted); font-size: 0.8rem; font-weight: 600; }
.mailboxes a { display: flex; font-size: 0.93rem; align-items: center; gap: 0.4rem; padding: 0.4rem 0.6rem; border-radius: 6px; color: inherit; text-decoration: none; }
.mailboxes a span { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.mailboxes b { color: var(--muted); font-size: 0.85rem; font-weight: 500; font-variant-numeric: tabular-nums; }
.mailboxes a:hover { background: var(--hover); }
.mailboxes a[aria-current] { background: var(--chosen); font-weight: 600; }
.list { background: var(--pane); border: solid var(--line); border-width: 0 1px; overflow: auto; outline: none; }
.list-head { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.4rem; min-height: 3.1rem; padding: 0.35rem 0.5rem 0.35rem 1rem; background: var(--pane); border-bottom: 1px solid var(--line); }
.list-head q { quotes: none; color: var(--accent); }
.confirm summary { border-color: transparent; color: var(--muted); }
.confirm[open] { display: flex; flex-wrap: wrap; gap: 0.4rem; }
.list li { border-bottom: 1px solid var(--line); }
.list li a { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.05rem 0.6rem; padding: 0.6rem 1rem; color: inherit; text-decoration: none; border-left: 3px solid transparent; }
.list li a:hover { background: var(--hover); }
.list li a[aria-current] { background: var(--chosen); border-left-color: var(--accent); }
.who, .subject, .preview { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.who { color: var(--muted); font-size: 0.9rem; }
.list time { color: var(--muted); font-size: 0.82rem; font-variant-numeric: tabular-nums; }
.subject, .preview, .facts { grid-column: 1 / -1; }
.new .subject { font-weight: 680; }
.new .who { color: var(--text); font-weight: 600; }
.preview { color: var(--muted); font-size: 0.9rem; }
.facts { display: flex; flex-wrap: wrap; align-items: center; gap: 0.2rem 0.6rem; margin-top: 0.15rem; color: var(--muted); font-size: 0.8rem; }
.high { color: var(--danger); }
.chip { display: inline-block; padding: 0 0.45rem; border: 1px solid var(--line); border-radius: 99px; color: var(--muted); font-size: 0.78rem; font-style: normal; line-height: 1.5; white-space: nowrap; }
.route-json { color: var(--json); border-color: currentColor; }
.route-mime { color: var(--mime); border-color: currentColor; }
.route-draft { color: var(--draft); border-color: currentColor; }
.pager { display: flex; justify-content: center; gap: 1rem; padding: 0.9rem; color: var(--muted); font-size: 0.9rem; }
.empty { padding: 1.6rem 1rem; color: var(--muted); }
.message, .wide { background: var(--pane); padding: 1.1rem 1.4rem; overflow: auto; outline: none; min-width: 0; }
.message { display: flex; flex-direction: column; gap: 0.75rem; }
.message.none { align-items: center; justify-content: center; background: none; color: var(--muted); }
.wide { grid-column: 1 / -1; }
.wide h1, .wide h2 { margin: 0 0 0.5rem; }
.wide h2 { margin-top: 1.6rem; }
.wide > *, .wide > div > * { max-width: 72rem; }
.back { display: none; }

/* One message */
.title { display: flex; flex-wrap: wrap; align-items: flex-start; justify-content: space-between; gap: 0.5rem 1rem; }
.title h1 { flex: 1 1 16rem; }
.actions { display: flex; gap: 0.4rem; }
dl.envelope { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.2rem 0.9rem; margin: 0; }
dl.envelope > div { display: contents; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
.address:not(:last-child)::after { content: ", "; }
.chips { display: flex; flex-wrap: wrap; gap: 0.3rem; margin: 0; }
.attachments { display: flex; flex-wrap: wrap; gap: 0.4rem; }
.attachments .button { max-width: 100%; flex-wrap: wrap; overflow-wrap: anywhere; gap: 0 0.4rem; }
.attachments a.button::before { content: "\\2193"; color: var(--accent); }
small { color: var(--muted); }
.views { display: flex; gap: 0.1rem; overflow-x: auto; flex: none; border-bottom: 1px solid var(--line); }
.views a { padding: 0.45rem 0.75rem; color: var(--muted); text-decoration: none; white-space: nowrap; border-bottom: 2px solid transparent; }
.views a:hover { color: var(--text); }
.views a[aria-current] { color: var(--text); font-weight: 600; border-bottom-color: var(--accent); }
.body { flex: 1 0 20rem; width: 100%; min-height: 20rem; border: 1px solid var(--line); border-radius: 7px; background: #fff; color-scheme: light; }
.bar { margin: 0; padding: 0.5rem 0.8rem; border-radius: 7px; background: var(--page); }
pre { margin: 0; padding: 0.8rem; border-radius: 7px; background: var(--code); white-space: pre-wrap; overflow-wrap: anywhere; }
del { color: var(--danger); background: color-mix(in srgb, var(--danger) 12%, transparent); text-decoration: none; }
.removed { color: var(--danger); }
.story { display: grid; gap: 0.6rem; }
.story p { margin: 0; }
.story h2:not(:first-child) { margin-top: 0.6rem; }
.story ol { padding-left: 1.4rem; list-style: decimal; }
.story ul { padding-left: 1.2rem; list-style: disc; }
.story li { margin: 0.15rem 0; overflow-wrap: anywhere; }
.aside { color: var(--muted); margin: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 0.4rem 0.9rem 0.4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { color: var(--muted); font-size: 0.85rem; font-weight: 600; white-space: nowrap; }
.headers th[scope="row"] { white-space: nowrap; font-weight: 600; }
.headers td { overflow-wrap: anywhere; min-width: 12rem; }
.status-0 td:first-child, .status-4 td:first-child, .status-5 td:first-child { color: var(--danger); font-weight: 650; }
.status-2 td:first-child { color: var(--good); }
.path { overflow-wrap: anywhere; }
.requests td:last-child { white-space: nowrap; }
.requests td { min-width: 3rem; }
.forms { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); align-items: start; gap: 1rem; margin-top: 1.2rem; }
.card { display: grid; gap: 0.75rem; padding: 1rem; border: 1px solid var(--line); border-radius: 10px; }
.card h2, .card p { margin: 0; }
.card label { display: grid; gap: 0.2rem; color: var(--muted); font-size: 0.9rem; }
.card label.check { display: flex; align-items: center; gap: 0.5rem; }
.card input, .card select { width: 100%; color: var(--text); }
.card input[type="checkbox"] { width: auto; }
.row { display: grid; grid-template-columns: 1fr 1fr; gap: 0.6rem; align-items: end; }
.column { display: grid; gap: 1rem; }
.waiting { border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.waiting .list-head { position: static; border: 0; }
.wide .list-head h2 { margin: 0; }
.waiting li { display: flex; align-items: center; justify-content: space-between; gap: 0.4rem 1rem; padding: 0.45rem 0.5rem 0.45rem 1rem; border-top: 1px solid var(--line); }
.code { display: flex; align-items: flex-start; gap: 0.5rem; }
.code pre { flex: 1; min-width: 0; }

body > footer { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.2rem 1.5rem; padding: 0.4rem 1rem; background: var(--pane); border-top: 1px solid var(--line); color: var(--muted); font-size: 0.82rem; }
kbd { padding: 0 0.35rem; border: 1px solid var(--line); border-radius: 4px; font-size: 0.75rem; }
.keys kbd:not(:first-child) { margin-left: 0.6rem; }
.keys kbd:nth-child(2) { margin-left: 0; }

@media (min-width: 701px) {
  body { height: 100dvh; }
}
@media (max-width: 1100px) {
  .panes { grid-template-columns: minmax(16rem, 21rem) minmax(0, 1fr); grid-template-rows: auto minmax(0, 1fr); }
  .mailboxes { grid-column: 1 / -1; display: flex; align-items: center; gap: 0.3rem; padding: 0.35rem 0.6rem; border-bottom: 1px solid var(--line); }
  .mailboxes h2 { display: none; }
  .mailboxes ul { display: flex; gap: 0.2rem; }
  .mailboxes a span { overflow: visible; }
  .wide { grid-row: 1 / -1; }
}
@media (max-width: 700px) {
  body > header { padding: 0.5rem 0.75rem; }
  .search { order: 1; flex-basis: 100%; max-width: none; }
  body > header nav { order: 2; flex-basis: 100%; justify-content: space-between; margin: 0 -0.3rem; }
  header nav a { padding: 0.5rem 0.4rem; font-size: 0.86rem; }
  .code { flex-direction: column; align-items: stretch; }
  .panes { display: block; }
  .list { border-width: 0; overflow: visible; }
  .showing-message .mailboxes, .showing-message .list, .showing-list .message, .showing-message .search { display: none; }
  .message, .wide { padding: 0.9rem 0.75rem; overflow: visible; min-height: 100%; }
  .back { display: inline-block; padding: 0.3rem 0; text-decoration: none; }
  .back::before { content: "\\2190\\00a0"; }
  .views a { padding-inline: 0.6rem; }
  .body { min-height: 65dvh; }
  input, select, button, .button, summary { min-height: 2.75rem; font-size: 16px; }
  .keys { display: none; }
}
@media (prefers-reduced-motion: no-preference) {
  .list li a, header nav a, .mailboxes a { transition: background-color 0.1s; }
}
`;
