// @ts-check
// Choices that the browser remembers: how dense the list is, and whether new messages raise a notification.

const densityButton = document.getElementById('density');
const notifyButton = document.getElementById('notify');

export function isNotifying() {
  return localStorage.notify === 'on' && 'Notification' in window && Notification.permission === 'granted';
}

function show() {
  const isCompact = localStorage.density === 'compact';
  document.documentElement.classList.toggle('compact', isCompact);
  if (densityButton) {
    densityButton.hidden = false;
    densityButton.textContent = isCompact ? 'Comfortable rows' : 'Compact rows';
  }
  if (notifyButton && 'Notification' in window) {
    notifyButton.hidden = false;
    notifyButton.textContent = isNotifying() ? 'Stop notifications' : 'Notify me';
  }
}

densityButton?.addEventListener('click', () => {
  localStorage.density = localStorage.density === 'compact' ? 'comfortable' : 'compact';
  show();
});

notifyButton?.addEventListener('click', async () => {
  // Browsers may ask the user only after a click.
  const granted = !isNotifying() && (await Notification.requestPermission()) === 'granted';
  localStorage.notify = granted ? 'on' : 'off';
  show();
});

show();
