// Seconds as people read them: 0:48, 12:05, 1:02:03.
export const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const pair = (number) => String(number).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${pair(m)}:${pair(s)}` : `${m}:${pair(s)}`;
};
