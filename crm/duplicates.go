package crm

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/tenant"
)

// DuplicateCheck is what is known of a customer before it is made.
type DuplicateCheck struct {
	Name  string `json:"name,omitempty" maxLength:"200" doc:"Company or person, as far as it is written." example:"上海云帆科技有限公司"`
	Phone string `json:"phone,omitempty" maxLength:"64" doc:"Any usual form; what is no phone number yet finds nothing." example:"138 0013 8000"`
	Email string `json:"email,omitempty" maxLength:"254" doc:"E-mail; what is no address yet finds nothing." example:"wang@yunfan.example"`
	// ExcludeID is for editing: nobody is a duplicate of themselves.
	ExcludeID *CustomerID `json:"exclude_id,omitempty" doc:"The customer itself, when it is there already."`
}

// Lookalike is a customer that may be the one that is about to be made.
type Lookalike struct {
	ID        CustomerID      `db:"id" json:"id" nullable:"true" doc:"The customer; null where it is out of your reach."`
	Name      string          `db:"name" json:"name" doc:"Company or person; out of your reach, its first two characters." example:"云帆**"`
	Phone     *string         `db:"phone" json:"phone" mask:"customer.phone" doc:"E.164; out of your reach, in part." example:"138****8000"`
	Email     *string         `db:"email" json:"email" mask:"customer.email" doc:"Main e-mail; out of your reach, in part." example:"w***@yunfan.example"`
	OwnerID   tenant.MemberID `db:"owner_id" json:"owner_id" nullable:"true" doc:"Who looks after the customer; null in the public pool."`
	OwnerName string          `db:"owner_name" json:"owner_name" doc:"Whom to ask; empty in the public pool." example:"李敏"`
	Visible   bool            `db:"visible" json:"visible" doc:"Whether the customer is within your reach."`
	By        []string        `db:"-" json:"by" nullable:"false" doc:"What is alike: phone, email, name, similar_name." example:"[\"phone\",\"name\"]"`
	Score     int             `db:"-" json:"score" doc:"How much speaks for its being the same, from 1 to 99; from 70 on it is taken for the same." example:"96"`

	NameKey string `db:"name_key" json:"-"`
}

const (
	// maxLookalikes is how many one check answers, lookalikeLimit how many it looks at for each thing.
	maxLookalikes  = 10
	lookalikeLimit = 50
)

// DuplicatesError is returned instead of making a customer that seems to be there already.
type DuplicatesError struct{ Found []Lookalike }

func (e *DuplicatesError) Error() string { return fmt.Sprintf("%d possible duplicates", len(e.Found)) }

// RefuseDuplicates returns *DuplicatesError when a customer of the whole company is likely to be the one that in
// describes.
func RefuseDuplicates(ctx context.Context, q *tenant.Query, in DuplicateCheck) error {
	found, err := CheckDuplicates(ctx, q, in)
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(l Lookalike) bool { return l.Score < likely })
	if len(found) > 0 {
		return &DuplicatesError{found}
	}
	return nil
}

// CheckDuplicates returns customers of the whole company that may be the one that in describes, the likeliest first.
// Of those out of the caller's scope it tells only whom to ask, and only where the phone, the e-mail or the whole name
// but for its region is the same: a part of a name would let people read their colleagues' customers letter by letter.
func CheckDuplicates(ctx context.Context, q *tenant.Query, in DuplicateCheck) ([]Lookalike, error) {
	unchecked := &tenant.InvalidError{} // half a number is no mistake yet
	draft := Customer{Name: in.Name, Phone: cleanPhone(unchecked, q.Company, "phone", in.Phone), Email: cleanEmail(unchecked, "email", in.Email)}
	wanted := draft.identity().seenBy(q.Caller)
	seen := map[CustomerID]bool{}
	if in.ExcludeID != nil {
		seen[*in.ExcludeID] = true
	}
	found := []Lookalike{}
	for _, look := range lookUps(wanted) {
		rows, err := look.read(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, l := range rows {
			l.By, l.Score = wanted.likeness(l.identity().seenBy(q.Caller))
			if !seen[l.ID] && l.Score > 0 {
				seen[l.ID] = true
				found = append(found, l)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Lookalike) int { return cmp.Compare(b.Score, a.Score) })
	found = found[:min(len(found), maxLookalikes)]
	for i := range found {
		found[i].veil()
	}
	mask.Apply(found, q.Caller.Masked)
	return found, nil
}

// lookUp is a condition under which customers are looked at.
type lookUp struct {
	where string
	arg   any
	// within says that only those within the caller's scope count.
	within bool
}

func lookUps(wanted identity) []lookUp {
	var all []lookUp
	for _, part := range identityColumns {
		if v := part.of(wanted); v != "" {
			all = append(all, lookUp{where: "c." + part.column + " = ?", arg: v})
		}
	}
	core := wanted.core()
	if len(core) < shortestName {
		return all
	}
	all = append(all, lookUp{where: `c.name_core LIKE ?`, arg: core + "%", within: true}) // a core has no wildcards
	runes := []rune(core)
	var shorter []string
	for n := range runes {
		if begin := string(runes[:n]); len(begin) >= shortestName {
			shorter = append(shorter, begin)
		}
	}
	if len(shorter) > 0 {
		all = append(all, lookUp{where: `c.name_core IN (?)`, arg: shorter, within: true})
	}
	return all
}

func (l lookUp) read(ctx context.Context, q *tenant.Query) ([]Lookalike, error) {
	visible, scope := q.Scope(customerRead).Where("c.owner_id", "c.id")
	where, args := l.where, append(slices.Clone(scope), l.arg)
	if l.within {
		where, args = where+" AND "+visible, append(args, scope...)
	}
	var rows []Lookalike
	err := q.SelectIn(ctx, &rows, fmt.Sprintf(`SELECT c.id, c.name, c.name_key, c.phone, c.email, c.owner_id, COALESCE(m.name, '') AS owner_name, %s AS visible
		FROM company.customers c LEFT JOIN company.members m ON m.id = c.owner_id
		WHERE %s AND c.deleted_at IS NULL LIMIT %d`, visible, where, lookalikeLimit), args...)
	return rows, err
}

func (l *Lookalike) identity() identity {
	c := Customer{Name: l.Name, Phone: l.Phone, Email: l.Email}
	return c.identity()
}

// veil leaves of a customer out of reach what is enough to ask its owner.
func (l *Lookalike) veil() {
	if l.Visible {
		return
	}
	l.ID, l.Name = CustomerID{}, mask.Name(l.Name)
	if l.Phone != nil {
		short := mask.Phone(*l.Phone)
		l.Phone = &short
	}
	if l.Email != nil {
		short := mask.Email(*l.Email)
		l.Email = &short
	}
}

// DuplicatePairs says how many pairs a change was about.
type DuplicatePairs struct {
	Pairs int `json:"pairs" doc:"Pairs of customers among those named." example:"1"`
}

// maxDismissed is how many customers one call can say to be different.
const maxDismissed = 20

// DismissDuplicates remembers that customers within the caller's scope are no duplicates of each other.
func DismissDuplicates(ctx context.Context, tx *tenant.Tx, ids []CustomerID) (DuplicatePairs, error) {
	return eachPair(ctx, tx, ids, "customer.duplicates_dismissed", func(low, high CustomerID) error {
		_, err := tx.Exec(ctx, `INSERT INTO company.duplicate_dismissals (customer_id, other_id, member_id, created_at) VALUES (?, ?, ?, ?)
			ON DUPLICATE KEY UPDATE other_id = other_id`, low, high, tx.Caller.Member, tx.Now)
		return err
	})
}

// RestoreDuplicates forgets what DismissDuplicates remembers.
func RestoreDuplicates(ctx context.Context, tx *tenant.Tx, ids []CustomerID) (DuplicatePairs, error) {
	return eachPair(ctx, tx, ids, "customer.duplicates_restored", func(low, high CustomerID) error {
		_, err := tx.Exec(ctx, `DELETE FROM company.duplicate_dismissals WHERE customer_id = ? AND other_id = ?`, low, high)
		return err
	})
}

// DuplicateDecision is what the events of deciding about duplicates carry.
type DuplicateDecision struct {
	CustomerIDs []CustomerID `json:"customer_ids"`
}

func eachPair(ctx context.Context, tx *tenant.Tx, ids []CustomerID, event string, do func(low, high CustomerID) error) (DuplicatePairs, error) {
	ids = sortedIDs(ids)
	if len(ids) < 2 || len(ids) > maxDismissed {
		return DuplicatePairs{}, tenant.Invalid("ids", "invalid", fmt.Sprintf("name 2 to %d different customers", maxDismissed))
	}
	visible, args := tx.Scope(customerUpdate).Where("c.owner_id", "c.id")
	found, err := lockCustomers(ctx, tx, ids, visible, args)
	if err != nil {
		return DuplicatePairs{}, err
	}
	if len(found) < len(ids) {
		return DuplicatePairs{}, fmt.Errorf("%d of %d customers: %w", len(ids)-len(found), len(ids), tenant.ErrNotFound)
	}
	pairs := 0
	for i, low := range ids {
		for _, high := range ids[i+1:] {
			if err := do(low, high); err != nil {
				return DuplicatePairs{}, err
			}
			pairs++
		}
	}
	owner := found[0].OwnerID
	return DuplicatePairs{pairs}, tx.Emit(ctx, tenant.Event{
		Type: event, Resource: "customer", Record: tenant.RecordID(ids[0]), OwnerBefore: owner, OwnerAfter: owner, Data: DuplicateDecision{ids},
	})
}

// sortedIDs returns each id once, in the order of the database.
func sortedIDs(ids []CustomerID) []CustomerID {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b CustomerID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// dismissedPairs returns which of the customers somebody said to be different, smaller id first.
func dismissedPairs(ctx context.Context, q *tenant.Query, ids []CustomerID) (map[[2]CustomerID]bool, error) {
	dismissed := map[[2]CustomerID]bool{}
	if len(ids) == 0 {
		return dismissed, nil
	}
	var rows []struct {
		Low  CustomerID `db:"customer_id"`
		High CustomerID `db:"other_id"`
	}
	err := q.SelectIn(ctx, &rows, `SELECT customer_id, other_id FROM company.duplicate_dismissals WHERE customer_id IN (?)`, ids)
	for _, r := range rows {
		dismissed[[2]CustomerID{r.Low, r.High}] = true
	}
	return dismissed, err
}

// pairOf puts the smaller id first.
func pairOf(a, b CustomerID) [2]CustomerID {
	if slices.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	return [2]CustomerID{a, b}
}
