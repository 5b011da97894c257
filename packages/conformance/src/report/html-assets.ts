// Style and script of the HTML report. The script only filters; without it everything is shown.

export const htmlStyle = `
:root { color-scheme: light dark; --ok: light-dark(#176b34, #6cd18b); --non-strict: light-dark(#8a5a00, #eab75a);
  --failed: light-dark(#b3141f, #ff8a8a); --not-offered: light-dark(#5b6170, #a3a9b8); --line: light-dark(#d8dbe2, #383c46); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 75rem; padding: 0 1rem 4rem;
  background: light-dark(#fff, #14161a); color: light-dark(#1a1c21, #e6e8ee); }
header { position: sticky; top: 0; background: inherit; border-bottom: 1px solid var(--line); padding-bottom: .75rem; }
h1 { margin: 1rem 0 0; } h2 { margin: 2rem 0 0; } h3 { margin: 1.5rem 0 .5rem; }
header p { margin: 0 0 .5rem; } small { font-weight: normal; opacity: .75; }
form { display: flex; gap: 1rem; flex-wrap: wrap; align-items: center; }
fieldset { border: 0; margin: 0; padding: 0; display: flex; gap: .75rem; } legend { float: left; margin-right: .75rem; }
input[type=search] { width: 18rem; max-width: 100%; font: inherit; }
details { border-bottom: 1px solid var(--line); padding: .25rem 0; } summary { cursor: pointer; }
summary b { display: inline-block; min-width: 6rem; }
.ok { color: var(--ok); } .non-strict { color: var(--non-strict); } .failed { color: var(--failed); } .not-offered { color: var(--not-offered); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .5rem 1rem; }
dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: .5rem 1rem; display: block; overflow-x: auto; font-size: .85rem; }
td { padding: .1rem .6rem .1rem 0; vertical-align: top; white-space: nowrap; } td pre { margin: 0; white-space: pre-wrap; }
tr.received { background: light-dark(#f2f5fb, #1d2129); }
[hidden] { display: none; }
`;

export const htmlScript = `
const form = document.forms[0];
const all = [...document.querySelectorAll("details")];
const groups = [...document.querySelectorAll(".group")];
const text = new Map(all.map((one) => [one, one.textContent.toLowerCase()]));
function filter() {
  const shown = new Set([...form.querySelectorAll("[name=verdict]:checked")].map((box) => box.value));
  const wanted = form.find.value.toLowerCase();
  for (const one of all) one.hidden = !shown.has(one.dataset.verdict) || !text.get(one).includes(wanted);
  for (const group of groups) group.hidden = !group.querySelector("details:not([hidden])");
}
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
`;
