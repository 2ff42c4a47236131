import { t } from '../app/text.js';

const browsers = { Edg: 'Edge', OPR: 'Opera', Firefox: 'Firefox', Chrome: 'Chrome', Safari: 'Safari' };
const systems = {
    Android: 'Android', iPhone: 'iPhone', iPad: 'iPad', Windows: 'Windows', Mac: 'macOS', CrOS: 'ChromeOS', Linux: 'Linux',
};

// A browser's own words about itself as people say them, "Firefox on Linux": good enough to recognise one's devices by.
// What is no browser has been named by whoever signed in there, and keeps its name.
export function deviceName(agent) {
    if (!agent.startsWith('Mozilla/'))
        return agent;
    const browser = Object.keys(browsers).find((name) => agent.includes(`${name}/`));
    const system = Object.keys(systems).find((name) => agent.includes(name));
    const name = browsers[browser] ?? t('device.browser');
    return system ? t('device.on', { browser: name, system: systems[system] }) : name;
}
