package crm

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// knownAs is what somebody is known by, as a record or an event of a customer or a contact has it.
type knownAs struct {
	Name        string        `db:"name" json:"name"`
	ContactName string        `db:"contact_name" json:"contact_name"`
	Phone       string        `db:"phone" json:"phone"`
	Email       string        `db:"email" json:"email"`
	WeChat      string        `db:"wechat" json:"wechat"`
	Phones      contactPhones `db:"phones" json:"phones"`
	Emails      contactEmails `db:"emails" json:"emails"`
	// CustomerID is whose person a contact is.
	CustomerID CustomerID `db:"customer_id" json:"customer_id"`
}

// readNames reads what the person is known by, and was as far as the change log goes back: of a customer, its contacts
// are meant too.
func (s *dataSubject) readNames(ctx context.Context, q *tenant.Query) error {
	customers, err := selectParts[knownAs](ctx, q, `SELECT name, contact_name, COALESCE(phone, '') AS phone, COALESCE(email, '') AS email
		FROM company.customers WHERE id IN (?)`, s.held)
	if err != nil {
		return err
	}
	people, err := selectParts[struct {
		knownAs
		ID      tenant.RecordID `db:"id"`
		OwnerID tenant.MemberID `db:"owner_id"`
	}](ctx, q, `SELECT id, owner_id, customer_id, name, wechat, phones, emails FROM company.contacts WHERE id IN (?)`, s.held)
	if err != nil {
		return err
	}
	logged, err := selectParts[json.RawMessage](ctx, q, `SELECT data FROM company.changes WHERE record_id IN (?) AND resource IN ('customer', 'contact')`, s.held)
	if err != nil {
		return err
	}
	for _, c := range customers {
		s.know(c)
	}
	for _, p := range people {
		s.whose[RecordRef{"contact", p.ID}] = p.OwnerID
		s.know(p.knownAs)
	}
	for _, data := range logged {
		var k knownAs
		if json.Unmarshal(data, &k) == nil { // others tell of something else than the record
			s.know(k)
		}
	}
	for _, all := range []*[]string{&s.names, &s.addresses} {
		slices.Sort(*all)
		*all = slices.DeleteFunc(slices.Compact(*all), func(text string) bool { return text == "" })
	}
	return nil
}

func (s *dataSubject) know(k knownAs) {
	s.names, s.addresses = append(s.names, k.Name, k.ContactName), append(s.addresses, k.Phone, k.Email, k.WeChat)
	for _, phone := range k.Phones {
		s.addresses = append(s.addresses, phone.Number)
	}
	for _, email := range k.Emails {
		s.addresses = append(s.addresses, email.Address)
	}
	if !k.CustomerID.IsZero() && !slices.Contains(s.at, k.CustomerID) {
		s.at = append(s.at, k.CustomerID)
	}
}
