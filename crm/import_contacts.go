package crm

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

func contactImports() *importNoun {
	return &importNoun{
		resource: "contacts", name: "contact", zh: "联系人", fields: contactFields(), keys: []string{"phone", "email", "name"}, required: "name",
		begin: func(p *rowParser, caller *tenant.Caller) importable {
			return &Contact{
				ID: tenant.NewID[contactKind](), OwnerID: p.owner(caller), Phones: contactPhones{}, Emails: contactEmails{}, Addresses: postalAddresses{},
				Consents: Consents{}, Tags: []string{}, CreatedBy: caller.Member, Version: 1,
			}
		},
		complete: func(p *rowParser, record importable) []ImportProblem {
			return p.completeContact(recordAs[*Contact](record))
		},
		match: matchContacts, store: storeImportedContacts, trash: trashImportedContacts, revert: revertContacts,
	}
}

func (p *Contact) recordID() tenant.RecordID { return tenant.RecordID(p.ID) }

func (p *Contact) recordTitle() string { return p.Name }

func (p *Contact) keyed(key string) string {
	switch key {
	case "phone":
		if len(p.Phones) > 0 {
			return p.Phones[0].Number
		}
		return ""
	case "email":
		if len(p.Emails) > 0 {
			return strings.ToLower(p.Emails[0].Address)
		}
		return ""
	}
	return search.NameKey(p.Name)
}

func (c *contactChange) changed() (importable, map[string]any) { return &c.after, c.previous }

func (p *rowParser) completeContact(c *Contact) (problems []ImportProblem) {
	p.keepExtensions(&c.Note)
	c.Tags, problems = p.withTags(c.Tags)
	return problems
}

// stampNew gives a new contact its times.
func (p *Contact) stampNew(now time.Time) {
	p.CreatedAt = cmp.Or(p.CreatedAt, now)
	p.UpdatedAt = now
}

func storeImportedContacts(ctx context.Context, tx *tenant.Tx, imp Import, results []result) error {
	created := createdIn[Contact](results)
	for i := range created {
		created[i].stampNew(tx.Now)
	}
	changes, err := changesIn[contactChange](results)
	if err != nil {
		return err
	}
	customers, err := newCustomersOf(ctx, tx, imp, results)
	if err != nil {
		return err
	}
	if err := insertCustomers(ctx, tx, customers, &importMark{ID: imp.ID, RunRules: imp.Options.RunRules}); err != nil {
		return err
	}
	if err := insertContacts(ctx, tx, created, !imp.Options.RunRules); err != nil {
		return err
	}
	return saveContacts(ctx, tx, changes, !imp.Options.RunRules)
}

func (c *contactChange) follow(next contactChange) (err error) {
	c.after = next.after
	c.previous, err = differences(c.before, c.after)
	return err
}

func trashImportedContacts(ctx context.Context, tx *tenant.Tx, imp Import, ids []tenant.RecordID) (int, error) {
	all, err := lockImportedContacts(ctx, tx, imp, ids, contactDelete)
	if err != nil {
		return 0, err
	}
	if err := trashContacts(ctx, tx, all, false, !imp.Options.RunRules); err != nil {
		return 0, err
	}
	return len(all), trashMadeCustomers(ctx, tx, imp, all)
}

func lockImportedContacts(ctx context.Context, tx *tenant.Tx, imp Import, ids []tenant.RecordID, p tenant.Permission) ([]Contact, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	where, args := imp.within(tx, p, "p.owner_id", "p.customer_id")
	return lockContacts(ctx, tx, `p.id IN (?) AND p.deleted_at IS NULL AND `+where, append([]any{ids}, args...)...)
}

func revertContacts(ctx context.Context, tx *tenant.Tx, imp Import, changes map[tenant.RecordID][][]byte) (int, error) {
	all, err := lockImportedContacts(ctx, tx, imp, slices.Collect(maps.Keys(changes)), contactUpdate)
	if err != nil {
		return 0, err
	}
	var back []contactChange
	for _, before := range all {
		after, err := previously(before, changes[before.recordID()], contactOf)
		if err != nil {
			return 0, err
		}
		if after.OwnerID, err = formerOwner(ctx, tx, after.OwnerID, before.OwnerID); err != nil {
			return 0, err
		}
		if err := after.moveBack(ctx, tx, before); err != nil {
			return 0, err
		}
		change, err := changeContact(tx.Query, before, after)
		if err != nil {
			return 0, err
		}
		if len(change.previous) > 0 {
			back = append(back, change)
		}
	}
	if err := saveContacts(ctx, tx, back, !imp.Options.RunRules); err != nil {
		return 0, err
	}
	return len(back), trashMadeCustomers(ctx, tx, imp, all)
}

// moveBack puts a contact back to the customer from whom an import has taken it, as that is now: it has that one's owner, and
// is not its main contact where another has become it. Where the customer is in the trash the contact stays.
func (p *Contact) moveBack(ctx context.Context, tx *tenant.Tx, before Contact) error {
	if p.CustomerID == before.CustomerID && p.Primary == before.Primary {
		return nil
	}
	if p.CustomerID.IsZero() {
		p.Primary = false
		return nil
	}
	err := p.rejoin(ctx, tx)
	if _, gone := errors.AsType[*tenant.ConflictError](err); gone {
		p.CustomerID, p.OwnerID, p.Primary = before.CustomerID, before.OwnerID, before.Primary
		return nil
	}
	return err
}

// contactOf returns a contact with these fields, as JSON has them.
func contactOf(old Contact, fields map[string]any) (Contact, error) {
	return refilled(Contact{Version: old.Version, NameSort: old.NameSort}, fields)
}
