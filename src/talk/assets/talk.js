/* Spares the reloading: forms are sent in the background, news come by an event stream. Without it every form works as it is. */
(() => {
  // Out of the back/forward cache nothing may come back.
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });

  const leave = document.getElementById('leave');
  leave?.addEventListener('submit', (event) => {
    event.preventDefault();
    document.documentElement.classList.add('away');
    document.title = '';
    const to = leave.dataset.exit;
    // Sent even while the page goes; the old address does not stay in the history.
    void fetch(leave.action, {
      method: 'POST',
      body: new URLSearchParams(new FormData(leave)),
      keepalive: true,
      redirect: 'manual',
    }).finally(() => location.replace(to));
    setTimeout(() => location.replace(to), 600);
  });

  const home = document.body.dataset.home;
  const screen = document.getElementById('screen');
  if (!home || !screen) return;
  const say = document.getElementById('say');
  const text = document.getElementById('text');
  const status = document.getElementById('status');

  const words = (item) => {
    const copy = item.cloneNode(true);
    for (const part of copy.querySelectorAll('.buttons')) part.replaceChildren();
    return copy.innerHTML;
  };
  /** Only what is new is put in, so that a screen reader reads only that. */
  const put = (markup) => {
    const next = new DOMParser().parseFromString(markup, 'text/html');
    const log = document.getElementById('log');
    const items = [...next.querySelectorAll('#log > li')];
    const keep = new Set(items.map((item) => item.id));
    for (const old of [...log.children]) if (!keep.has(old.id)) old.remove();
    let answer = null;
    let before = null;
    for (const item of items) {
      const old = document.getElementById(item.id);
      if (!old) {
        before ? before.after(item) : log.prepend(item);
        before = item;
        if (item.classList.contains('theirs')) answer ??= item;
        continue;
      }
      if (words(old) === words(item)) {
        const fresh = [...item.querySelectorAll('.buttons')];
        [...old.querySelectorAll('.buttons')].forEach((part, n) => {
          if (part.innerHTML !== fresh[n].innerHTML) part.replaceWith(fresh[n]);
        });
        before = old;
      } else {
        old.replaceWith(item);
        before = item;
      }
    }
    screen.querySelector('.waits')?.remove();
    const waits = next.querySelector('.waits');
    if (waits) screen.append(waits);
    answer?.scrollIntoView({ block: 'start' });
  };

  const busy = (yes) => {
    for (const button of document.querySelectorAll('main button')) button.disabled = yes;
  };
  const send = async (form, button) => {
    const body = new URLSearchParams(new FormData(form, button));
    busy(true);
    status.textContent = '送っています。';
    try {
      const answer = await fetch(form.action, { method: 'POST', body, headers: { 'x-talk': '1' } });
      if (!answer.ok) {
        status.textContent = await answer.text();
        return;
      }
      put(await answer.text());
      status.textContent = '';
      if (form === say) {
        text.value = '';
        form.elements.key.value = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
      }
    } catch {
      status.textContent = 'つながりませんでした。書いた文は残っています。もう一度、送ってください。';
    } finally {
      busy(false);
      // On a telephone the keyboard would cover the answer.
      if (form === say && matchMedia('(pointer: fine)').matches) text.focus({ preventScroll: true });
    }
  };
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form === leave || form.action.endsWith('/remind-not')) return;
    event.preventDefault();
    void send(form, event.submitter ?? undefined);
  });

  let under = false;
  let again = false;
  const renew = async () => {
    again = true;
    if (under) return;
    under = true;
    while (again) {
      again = false;
      try {
        const answer = await fetch(`${home}/screen`);
        if (answer.ok) put(await answer.text());
        else if (answer.status === 401) location.replace(home);
      } catch {
        // The next news, or the next form, brings it.
      }
    }
    under = false;
  };
  new EventSource(`${home}/events`).addEventListener('news', renew);
  [...document.querySelectorAll('#log > .theirs')].at(-1)?.scrollIntoView({ block: 'start' });
})();
