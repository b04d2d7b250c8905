// Phones and tablets show cards; the real table is in Table.web.tsx.
export { CardList as Table } from './CardList';
