package crm

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// unique drops repeats and sorts, as lists show participants.
func unique[K tenant.Kind](ids []tenant.ID[K]) []tenant.ID[K] {
	all := append([]tenant.ID[K]{}, ids...)
	slices.SortFunc(all, func(a, b tenant.ID[K]) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(all)
}

// checkParticipants sees to it that everybody named is a member of the company or a person of the customer. The errors
// go by the order in which they were sent.
func (i *Interaction) checkParticipants(ctx context.Context, q *tenant.Query, invalid *tenant.InvalidError) error {
	known, err := knownMembers(ctx, q, i.MemberIDs)
	if err != nil {
		return err
	}
	checkNamed(invalid, "member_ids", i.MemberIDs, known, "is not a member of this company")
	people, err := i.knownContacts(ctx, q)
	if err != nil {
		return err
	}
	checkNamed(invalid, "contact_ids", i.ContactIDs, people, "is not a person of this customer")
	i.MemberIDs, i.ContactIDs = unique(i.MemberIDs), unique(i.ContactIDs)
	return nil
}

func checkNamed[K tenant.Kind](invalid *tenant.InvalidError, field string, ids, known []tenant.ID[K], message string) {
	if len(ids) > maxParticipants {
		invalid.Add(field, "too_many", fmt.Sprintf("names more than %d people", maxParticipants))
		return
	}
	for n, id := range ids {
		if !slices.Contains(known, id) {
			invalid.Add(fmt.Sprintf("%s[%d]", field, n), "unknown", message)
		}
	}
}

func knownMembers(ctx context.Context, q *tenant.Query, ids []tenant.MemberID) (known []tenant.MemberID, err error) {
	if len(ids) == 0 || len(ids) > maxParticipants {
		return nil, nil
	}
	err = q.SelectIn(ctx, &known, `SELECT id FROM company.members WHERE id IN (?)`, ids)
	return known, err
}

// knownContacts returns those of the contacts who are people of the customer, or took part already.
func (i *Interaction) knownContacts(ctx context.Context, q *tenant.Query) (known []ContactID, err error) {
	if len(i.ContactIDs) == 0 || len(i.ContactIDs) > maxParticipants {
		return nil, nil
	}
	err = q.SelectIn(ctx, &known, `SELECT id FROM company.contacts WHERE id IN (?) AND customer_id = ? AND deleted_at IS NULL
		UNION SELECT contact_id FROM company.interaction_contacts WHERE contact_id IN (?) AND interaction_id = ?`,
		i.ContactIDs, i.CustomerID, i.ContactIDs, i.ID)
	return known, err
}

// writeParticipants writes who took part in interactions that have nobody written.
func writeParticipants(ctx context.Context, tx *tenant.Tx, all ...Interaction) error {
	members := tx.Bulk(`INSERT INTO company.interaction_members (interaction_id, member_id) VALUES`, 2, "")
	contacts := tx.Bulk(`INSERT INTO company.interaction_contacts (interaction_id, contact_id) VALUES`, 2, "")
	for _, i := range all {
		for _, id := range i.MemberIDs {
			if err := members.Add(ctx, i.ID, id); err != nil {
				return err
			}
		}
		for _, id := range i.ContactIDs {
			if err := contacts.Add(ctx, i.ID, id); err != nil {
				return err
			}
		}
	}
	if err := members.Flush(ctx); err != nil {
		return err
	}
	return contacts.Flush(ctx)
}

// rewriteParticipants is writeParticipants for an interaction that has some already.
func rewriteParticipants(ctx context.Context, tx *tenant.Tx, before, after Interaction) error {
	if slices.Equal(before.MemberIDs, after.MemberIDs) && slices.Equal(before.ContactIDs, after.ContactIDs) {
		return nil
	}
	for _, table := range []string{"interaction_members", "interaction_contacts"} {
		if _, err := tx.Exec(ctx, `DELETE FROM company.`+table+` WHERE interaction_id = ?`, after.ID); err != nil {
			return err
		}
	}
	return writeParticipants(ctx, tx, after)
}

// fillParticipants reads who took part in the interactions of a page, in two statements.
func fillParticipants(ctx context.Context, q *tenant.Query, page []Interaction) error {
	if len(page) == 0 {
		return nil
	}
	at := map[InteractionID]*Interaction{}
	ids := make([]InteractionID, len(page))
	for n := range page {
		page[n].MemberIDs, page[n].ContactIDs = []tenant.MemberID{}, []ContactID{}
		at[page[n].ID], ids[n] = &page[n], page[n].ID
	}
	var members []struct {
		Interaction InteractionID   `db:"interaction_id"`
		Member      tenant.MemberID `db:"member_id"`
	}
	if err := q.SelectIn(ctx, &members, `SELECT interaction_id, member_id FROM company.interaction_members
		WHERE interaction_id IN (?) ORDER BY member_id`, ids); err != nil {
		return err
	}
	for _, r := range members {
		at[r.Interaction].MemberIDs = append(at[r.Interaction].MemberIDs, r.Member)
	}
	var contacts []struct {
		Interaction InteractionID `db:"interaction_id"`
		Contact     ContactID     `db:"contact_id"`
	}
	err := q.SelectIn(ctx, &contacts, `SELECT interaction_id, contact_id FROM company.interaction_contacts
		WHERE interaction_id IN (?) ORDER BY contact_id`, ids)
	for _, r := range contacts {
		at[r.Interaction].ContactIDs = append(at[r.Interaction].ContactIDs, r.Contact)
	}
	return err
}
