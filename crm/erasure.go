package crm

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Erasure says what became of a person's data.
type Erasure struct {
	Records  int   `json:"records" doc:"How many records went for good: the one asked for, and what was purged with it." example:"14"`
	Mentions []Hit `json:"mentions" nullable:"false" doc:"Records whose texts still have the name, a number or an address of whoever was erased. Whether that is them is for people to judge. At most 50."`
}

// Erase removes a contact or a customer for good, in the trash or not, with all that a purge takes along: PIPL article
// 47, GDPR article 17. What the purge leaves of them goes too: what the change log, imports and notifications say, their
// names among those who took part in communication, and their invitations. The change log keeps that there was a change
// and when. There is no way back.
func Erase(ctx context.Context, tx *tenant.Tx, r RecordRef) (Erasure, error) {
	e, err := beginErasure(ctx, tx, r)
	if err != nil {
		return Erasure{}, err
	}
	for _, step := range []func(context.Context, *tenant.Tx) error{
		e.leaveInteractions, e.leaveInvitations, e.remove, e.forgetNotifications, e.forgetImports, e.forgetChanges,
	} {
		if err := step(ctx, tx); err != nil {
			return Erasure{}, err
		}
	}
	if err := tx.Emit(ctx, tenant.Event{Type: r.Noun + ".erased", Resource: r.Noun, Record: r.ID, OwnerBefore: e.owner, Data: purged{r}}); err != nil {
		return Erasure{}, err
	}
	mentions, err := e.mentions(ctx, tx.Query)
	return Erasure{Records: len(e.held), Mentions: mentions}, err
}

// erasure is somebody on the way out.
type erasure struct {
	bin   bin
	owner tenant.MemberID
	// ids are the record and those that went up in it; held are these and all records that a purge takes along; touched
	// are records that stay, without the person.
	ids, held, touched []tenant.RecordID
	// names and addresses are what the person is known by: addresses are numbers too.
	names, addresses []string
}

// beginErasure finds somebody within the caller's scope, alive or in the trash, and locks their record. What went up in
// another customer is that one's.
func beginErasure(ctx context.Context, tx *tenant.Tx, r RecordRef) (*erasure, error) {
	b, _ := binOf(r.Noun)
	if r.Noun != "contact" && r.Noun != "customer" {
		return nil, fmt.Errorf("%s is nobody: %w", r, tenant.ErrNotFound)
	}
	e := &erasure{bin: b}
	visible, args := tx.Scope(personalDataDelete).Where(b.list.OwnerColumn, b.list.CustomerColumn)
	if err := tx.Get(ctx, &e.owner, fmt.Sprintf(`SELECT %[2]s FROM %[1]s %[3]s WHERE %[3]s.id = ? AND %[4]s
		AND NOT EXISTS (SELECT 1 FROM company.merges WHERE loser_id = %[3]s.id) FOR UPDATE`, b.table, b.list.OwnerColumn, b.list.Alias, visible),
		append([]any{r.ID}, args...)...); err != nil {
		return nil, fmt.Errorf("record %s: %w", r, err)
	}
	if err := tx.Select(ctx, &e.ids, `SELECT loser_id FROM company.merges WHERE winner_id = ?`, r.ID); err != nil {
		return nil, err
	}
	e.ids = append(e.ids, r.ID)
	var err error
	if e.held, err = belonging(ctx, tx.Query, e.ids); err != nil {
		return nil, err
	}
	return e, e.readNames(ctx, tx.Query)
}

// belonging returns records and all that a purge takes along and that has events of its own.
func belonging(ctx context.Context, q *tenant.Query, ids []tenant.RecordID) ([]tenant.RecordID, error) {
	all := slices.Clone(ids)
	for _, r := range references {
		if r.onPurge != follows && !r.told {
			continue
		}
		for part := range slices.Chunk(ids, 500) {
			var found []tenant.RecordID
			if err := q.SelectIn(ctx, &found, fmt.Sprintf(`SELECT id FROM company.%s WHERE %s IN (?)`, r.table, r.column), part); err != nil {
				return nil, err
			}
			if len(found) == 0 {
				continue
			}
			with, err := belonging(ctx, q, found)
			if err != nil {
				return nil, err
			}
			all = append(all, with...)
		}
	}
	return all, nil
}

// readNames reads what the person is known by: of a customer, its contacts are meant too.
func (e *erasure) readNames(ctx context.Context, q *tenant.Query) error {
	for part := range slices.Chunk(e.held, 500) {
		var customers []struct {
			Name        string `db:"name"`
			ContactName string `db:"contact_name"`
			Phone       string `db:"phone"`
			Email       string `db:"email"`
		}
		if err := q.SelectIn(ctx, &customers, `SELECT name, contact_name, COALESCE(phone, '') AS phone, COALESCE(email, '') AS email
			FROM company.customers WHERE id IN (?)`, part); err != nil {
			return err
		}
		for _, c := range customers {
			e.names, e.addresses = append(e.names, c.Name, c.ContactName), append(e.addresses, c.Phone, c.Email)
		}
		var people []struct {
			Name   string        `db:"name"`
			WeChat string        `db:"wechat"`
			Phones contactPhones `db:"phones"`
			Emails contactEmails `db:"emails"`
		}
		if err := q.SelectIn(ctx, &people, `SELECT name, wechat, phones, emails FROM company.contacts WHERE id IN (?)`, part); err != nil {
			return err
		}
		for _, p := range people {
			e.names, e.addresses = append(e.names, p.Name), append(e.addresses, p.WeChat)
			for _, phone := range p.Phones {
				e.addresses = append(e.addresses, phone.Number)
			}
			for _, email := range p.Emails {
				e.addresses = append(e.addresses, email.Address)
			}
		}
	}
	for _, all := range []*[]string{&e.names, &e.addresses} {
		slices.Sort(*all)
		*all = slices.DeleteFunc(slices.Compact(*all), func(s string) bool { return s == "" })
	}
	return nil
}

func (e *erasure) remove(ctx context.Context, tx *tenant.Tx) error {
	return e.bin.remove(ctx, tx, e.ids)
}

// mentions finds records that still have a name, a number or an address, as far as the caller reaches.
func (e *erasure) mentions(ctx context.Context, q *tenant.Query) ([]Hit, error) {
	hits, seen := []Hit{}, map[RecordRef]bool{}
	for _, word := range slices.Concat(e.names, e.addresses) {
		if utf8.RuneCountInString(word) < 2 {
			continue // one letter is in too many words
		}
		found, err := Find(ctx, q, word, findLimit)
		if err != nil {
			return nil, err
		}
		for _, h := range found {
			if !seen[h.ID] && len(hits) < findLimit {
				seen[h.ID] = true
				hits = append(hits, h)
			}
		}
	}
	return hits, nil
}
