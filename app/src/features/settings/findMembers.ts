import type { Member } from '@/api/members';

/** Members whose name, e-mail or phone holds the text; digits find a phone however it is written. */
export function findMembers(members: Member[], text: string): Member[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return members;
  const digits = wanted.replace(/\D/g, '');
  return members.filter(
    ({ name, email, phone }) =>
      name.toLowerCase().includes(wanted) ||
      (email ?? '').includes(wanted) ||
      (digits.length > 2 && (phone ?? '').includes(digits)),
  );
}
