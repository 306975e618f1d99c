// The page is made on the server; this only sends forms without leaving the page, puts in what the server sends, and
// opens the trays, the message menu and the date picker. No data is kept here.
const { base, city } = document.body.dataset;
const phones = document.querySelector('#phones');
let seq = Number(document.body.dataset.seq);
let focusNew = false;

document.documentElement.classList.add('js');
prepare(document.body);
for (const phone of phones.querySelectorAll('.phone')) settle(phone);
listen();

// ── what the server tells ───────────────────────────────────────────────────────────────────────────────────────────

function listen() {
  const source = new EventSource(`${base}/stream?city=${encodeURIComponent(city)}`);
  const trouble = document.querySelector('.trouble');
  source.addEventListener('hello', (event) => {
    trouble.hidden = true;
    // Something happened between the making of the page and now.
    if (JSON.parse(event.data).seq !== seq) void resync();
  });
  source.addEventListener('patch', (event) => take(JSON.parse(event.data)));
  source.addEventListener('error', () => {
    trouble.hidden = false;
  });
}

async function resync() {
  const before = seq;
  const answer = await fetch(location.href);
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  // Something came in meanwhile: what was fetched may be older than what is shown, and would take it away.
  if (seq !== before) return resync();
  seq = Number(fresh.body.dataset.seq);
  const log = document.querySelector('.log');
  if (log) log.replaceChildren(...fresh.querySelectorAll('.log > li'));
  const faults = document.querySelector('[data-part=faults]');
  if (faults) faults.replaceChildren(...fresh.querySelector('[data-part=faults]').childNodes);
  for (const phone of phones.querySelectorAll('.phone')) if (!fresh.getElementById(phone.id)) phone.remove();
  for (const phone of fresh.querySelectorAll('.phone')) {
    const known = document.getElementById(phone.id);
    if (!known) phones.append(prepare(phone));
    else {
      Object.assign(known.dataset, phone.dataset);
      for (const part of ['talk', 'quick']) {
        prepare(known.querySelector(`[data-part=${part}]`)).replaceChildren(
          ...prepare(phone.querySelector(`[data-part=${part}]`)).childNodes,
        );
      }
    }
    settle(document.getElementById(phone.id));
  }
}

function take(patch) {
  seq = patch.seq;
  if (patch.type === 'phone') putPhone(patch);
  else if (patch.type === 'bubble') putBubble(patch);
  else if (patch.type === 'log') {
    const log = document.querySelector('.log');
    const known = document.getElementById(patch.id);
    const entry = element(patch.html);
    if (known) {
      entry.querySelector('details').open = known.querySelector('details').open;
      known.replaceWith(entry);
    } else log?.prepend(entry);
  } else if (patch.type === 'faults') {
    const part = document.querySelector('[data-part=faults]');
    if (part) part.innerHTML = patch.html;
  }
}

function putPhone({ user, html, friend, blocked }) {
  let phone = document.getElementById(`r-${user}`);
  if (!phone) {
    phone = prepare(element(html));
    phones.append(phone);
    if (focusNew) {
      phone.scrollIntoView({ inline: 'end' });
      phone.querySelector('textarea').focus();
      focusNew = false;
    }
  }
  phone.dataset.friend = friend ? 'yes' : 'no';
  phone.dataset.blocked = blocked ? 'yes' : 'no';
}

function putBubble({ user, id, html, quick, time }) {
  const phone = document.getElementById(`r-${user}`);
  if (!phone) return;
  const known = document.getElementById(id);
  const follow = atEnd(phone) || html.includes('class="row mine"');
  const row = prepare(element(html));
  // Only what changed is put in anew, so that a screen reader does not read an old message again.
  const side = known?.className === row.className ? known.querySelector('.side') : null;
  if (side) side.replaceWith(row.querySelector('.side'));
  else if (known) known.replaceWith(row);
  else phone.querySelector('[data-part=talk]').append(row);
  const choices = phone.querySelector('[data-part=quick]');
  if (choices.innerHTML !== quick) {
    choices.innerHTML = quick;
    prepare(choices);
  }
  phone.querySelector('.clock').textContent = time;
  settle(phone, follow && (!known || atEnd(phone)));
}

function element(html) {
  const template = document.createElement('template');
  template.innerHTML = html;
  return template.content.firstElementChild;
}

/** Free values of flex messages: the page allows no inline style, scripts may set one. */
function prepare(root) {
  for (const part of root.querySelectorAll('[data-css]')) {
    for (const [property, value] of Object.entries(JSON.parse(part.dataset.css))) part.style[property] = value;
    delete part.dataset.css;
  }
  return root;
}

/** @returns whether the newest message is in view; who has scrolled back to read stays there. */
function atEnd(phone) {
  const talk = phone.querySelector('.talk');
  return talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
}

/** Day lines, and the newest message in view. */
function settle(phone, follow = true) {
  for (const line of phone.querySelectorAll('.day')) line.remove();
  let day = '';
  for (const row of phone.querySelectorAll('.talk li')) {
    if (row.dataset.day !== day) {
      day = row.dataset.day;
      const line = document.createElement('li');
      line.className = 'day';
      line.dataset.day = day;
      line.append(Object.assign(document.createElement('span'), { textContent: day }));
      row.before(line);
    }
  }
  const talk = phone.querySelector('.talk');
  if (follow) talk.scrollTop = talk.scrollHeight;
}

// ── what the person at the page does ────────────────────────────────────────────────────────────────────────────────

function send(fields) {
  return fetch(`${base}/act`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { 'x-requested-with': 'fetch' },
  });
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  event.preventDefault();
  const fields = new FormData(form, event.submitter);
  if (fields.get('act') === 'say') {
    const field = form.querySelector('textarea');
    if (field.value.trim() === '') return;
    field.value = '';
    grow(field);
    field.focus();
  }
  if (fields.get('act') === 'add') {
    focusNew = true;
    form.reset();
  }
  closeTrays();
  void send(fields);
});

document.addEventListener('keydown', (event) => {
  // Enter while a Japanese input method is converting belongs to the input method.
  if (event.target.matches('.entry textarea') && event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    event.target.form.requestSubmit(event.target.form.querySelector('.send'));
  }
  if (event.key === 'Escape') closeTrays(true);
});

document.addEventListener('input', (event) => {
  if (event.target.matches('.entry textarea')) grow(event.target);
});

function grow(field) {
  field.style.height = 'auto';
  field.style.height = `${Math.min(field.scrollHeight, 120)}px`;
  field.closest('.entry').classList.toggle('writing', field.value.trim() !== '');
}

document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-tray]');
  if (opener) return toggleTray(opener);
  const more = event.target.closest('[data-menu]');
  if (more) return openMenu(more.closest('.row'), more);
  const picker = event.target.closest('[data-picker]');
  if (picker) return openPicker(picker);
  if (!event.target.closest('.tray')) closeTrays();
});

document.addEventListener('contextmenu', (event) => {
  const row = event.target.closest('.row.mine');
  const more = row?.querySelector('[data-menu]');
  if (!more) return;
  event.preventDefault();
  openMenu(row, more);
});

function toggleTray(opener) {
  const tray = opener.closest('.device').querySelector(`.tray[data-name=${opener.dataset.tray}]`);
  const open = tray.hidden;
  closeTrays();
  tray.hidden = !open;
  opener.setAttribute('aria-expanded', String(open));
  if (open) [...tray.querySelectorAll('button')].find((one) => one.offsetParent)?.focus();
}

function closeTrays(back = false) {
  for (const tray of document.querySelectorAll('.tray:not([hidden])')) {
    tray.hidden = true;
    const opener = tray.closest('.device').querySelector(`[data-tray=${tray.dataset.name}]`);
    opener.setAttribute('aria-expanded', 'false');
    if (back) opener.focus();
  }
}

/** Opens at the foot of the phone it belongs to. */
function openSheet(sheet, phone, opener) {
  const { left, bottom, width } = phone.querySelector('.device').getBoundingClientRect();
  sheet.style.left = `${left}px`;
  sheet.style.width = `${width}px`;
  sheet.style.bottom = `${Math.max(0, innerHeight - bottom)}px`;
  sheet.addEventListener('close', () => opener.focus(), { once: true });
  sheet.showModal();
}

function openMenu(row, opener) {
  const sheet = document.querySelector('#menu');
  const phone = row.closest('.phone');
  sheet.onclick = (event) => {
    const choice = event.target === sheet ? '' : event.target.closest('button')?.value;
    if (choice === undefined) return;
    sheet.close();
    if (choice === 'unsend') {
      phone.querySelector('textarea').focus();
      void send({ user: phone.dataset.user, unsend: opener.dataset.menu });
    }
    if (choice === 'copy')
      void navigator.clipboard?.writeText(row.querySelector('.bubble')?.lastChild.textContent ?? '');
  };
  openSheet(sheet, phone, opener);
}

function openPicker(opener) {
  const sheet = document.querySelector('#picker');
  const field = sheet.querySelector('input');
  const phone = opener.closest('.phone');
  const { mode, min, max, initial, picker } = opener.dataset;
  field.type = mode === 'datetime' ? 'datetime-local' : mode;
  field.min = min;
  field.max = max;
  field.value = initial || min;
  sheet.querySelector('#picker-title').textContent = opener.textContent;
  sheet.onclick = (event) => {
    if (event.target === sheet || event.target.closest('button[type=button]')) sheet.close();
  };
  sheet.querySelector('form').onsubmit = () => {
    void send({ user: phone.dataset.user, press: picker, picked: field.value });
  };
  openSheet(sheet, phone, opener);
  field.focus();
}
