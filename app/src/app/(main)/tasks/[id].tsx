// Notices link to one task: it opens over the list.
export { TasksScreen as default } from '@/features/tasks/TasksScreen';
