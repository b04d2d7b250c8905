import common from './en/common.json';
import ui from './en/ui.json';
import shell from './en/shell.json';
import customers from './en/customers.json';
import interactions from './en/interactions.json';
import imports from './en/imports.json';
import auth from './en/auth.json';
import home from './en/home.json';
import tasks from './en/tasks.json';
import notifications from './en/notifications.json';
import settings from './en/settings.json';
import feedback from './en/feedback.json';
import outbox from './en/outbox.json';

export const en = {
  common,
  ui,
  shell,
  customers,
  interactions,
  imports,
  auth,
  home,
  tasks,
  notifications,
  settings,
  feedback,
  outbox,
};
