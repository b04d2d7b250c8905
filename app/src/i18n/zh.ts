import common from './zh/common.json';
import ui from './zh/ui.json';
import shell from './zh/shell.json';
import customers from './zh/customers.json';
import interactions from './zh/interactions.json';
import imports from './zh/imports.json';
import auth from './zh/auth.json';
import home from './zh/home.json';
import tasks from './zh/tasks.json';
import notifications from './zh/notifications.json';
import settings from './zh/settings.json';
import feedback from './zh/feedback.json';
import outbox from './zh/outbox.json';

export const zh = {
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
