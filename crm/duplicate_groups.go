package crm

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// DuplicateGroup is a number of customers that are likely to be one.
type DuplicateGroup struct {
	By        string     `json:"by" enum:"phone,email,name,similar_name" doc:"What they share." example:"phone"`
	Score     int        `json:"score" doc:"How much speaks for the two of them that are most alike, from 1 to 99." example:"96"`
	Customers []Customer `json:"customers" nullable:"false" doc:"Two or more, in the order in which they were made; at most 100."`
}

// DuplicateQuery is what the list of duplicates can be asked.
type DuplicateQuery struct {
	// Dismissed lists what somebody said to be different, instead of the rest.
	Dismissed bool
	Limit     int
	Cursor    string
}

const (
	// maxGroup bounds the customers of one value that are compared, each with each.
	maxGroup = 100
	// groupValues is how many shared values one statement looks for, groupTurns how often a page looks.
	groupValues = 100
	groupTurns  = 20
)

// ListDuplicates returns groups of customers within the caller's scope that share a phone number, an e-mail address or
// a name: first those by phone, then by e-mail, then by name, each in the order of what they share. A page may hold a
// little more or less than the limit, even nothing, and still go on.
func ListDuplicates(ctx context.Context, q *tenant.Query, in DuplicateQuery) (Page[DuplicateGroup], error) {
	at, err := readGroupCursor(in.Cursor)
	if err != nil {
		return Page[DuplicateGroup]{}, err
	}
	if in.Limit < 1 || in.Limit > 100 {
		return Page[DuplicateGroup]{}, tenant.Invalid("limit", "out_of_range", "must be 1 to 100")
	}
	page := Page[DuplicateGroup]{Data: []DuplicateGroup{}}
	for range groupTurns {
		if at.Part == len(identityColumns) {
			return page, nil
		}
		if q.Caller.Masked[identityColumns[at.Part].mask] {
			at = groupCursor{Part: at.Part + 1} // what is shared would tell what is masked
			continue
		}
		values, err := sharedValues(ctx, q, at, in.values(len(page.Data)))
		if err != nil {
			return Page[DuplicateGroup]{}, err
		}
		found, err := groupsOf(ctx, q, at.Part, values, in.Dismissed)
		if err != nil {
			return Page[DuplicateGroup]{}, err
		}
		page.Data = append(page.Data, found...)
		if len(values) == 0 {
			at = groupCursor{Part: at.Part + 1}
			continue
		}
		at.After = values[len(values)-1].Value
		if len(page.Data) >= in.Limit {
			break
		}
	}
	next := at.String()
	page.NextCursor = &next
	return page, nil
}

// values is for how many values a turn looks when there are so many groups already. What was dismissed is rare.
func (in DuplicateQuery) values(found int) int {
	if in.Dismissed {
		return groupValues
	}
	return min(groupValues, in.Limit-found)
}

// groupCursor is the place in the list of duplicates: a part of the identity, and the value of it that was looked at.
type groupCursor struct {
	Part  int    `json:"p"`
	After string `json:"a"`
}

func (c groupCursor) String() string {
	raw, err := json.Marshal(c)
	if err != nil {
		return "" // a number and a text always marshal
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func readGroupCursor(text string) (groupCursor, error) {
	var at groupCursor
	if text == "" {
		return at, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &at) != nil || at.Part < 0 || at.Part >= len(identityColumns) {
		return at, tenant.Invalid("cursor", "invalid", "does not belong to this list; start again without it")
	}
	return at, nil
}

// sharedValue is what several customers have in common.
type sharedValue struct {
	Value string `db:"value"`
	Count int    `db:"n"`
}

// sharedValues returns the next values that several customers within the scope share, in their order. The index answers
// it alone, and no further than it has to.
func sharedValues(ctx context.Context, q *tenant.Query, at groupCursor, limit int) ([]sharedValue, error) {
	var values []sharedValue
	statement, args := sharedValuesStatement(q, at, limit)
	err := q.Select(ctx, &values, statement, args...)
	return values, err
}

func sharedValuesStatement(q *tenant.Query, at groupCursor, limit int) (string, []any) {
	part, scope := identityColumns[at.Part], q.Scope(customerRead)
	visible, args := scope.Where("c.owner_id", "c.id")
	index := "FORCE INDEX (" + part.index + ")"
	if scope.IsOneMember() {
		index = "" // one member's customers are few
	}
	return fmt.Sprintf(`SELECT c.%[1]s AS value, COUNT(*) AS n FROM company.customers c %[2]s
		WHERE c.%[1]s > ? AND c.deleted_at IS NULL AND %[3]s GROUP BY c.%[1]s HAVING COUNT(*) > 1 ORDER BY c.%[1]s LIMIT %[4]d`,
		part.column, index, visible, limit), append([]any{at.After}, args...)
}

// groupsOf returns the groups among the customers that share these values.
func groupsOf(ctx context.Context, q *tenant.Query, part int, values []sharedValue, dismissed bool) ([]DuplicateGroup, error) {
	rows, err := sharers(ctx, q, part, values)
	if err != nil {
		return nil, err
	}
	known, err := dismissedPairs(ctx, q, customerIDs(rows))
	if err != nil {
		return nil, err
	}
	byValue := map[string][]Customer{}
	for _, c := range rows {
		value := identityColumns[part].of(c.identity())
		byValue[value] = append(byValue[value], c)
	}
	var groups []DuplicateGroup
	for _, value := range slices.Sorted(maps.Keys(byValue)) {
		alike := byValue[value]
		groups = append(groups, connected(alike, slices.DeleteFunc(links(alike, q.Caller), func(l link) bool {
			return l.part() != identityColumns[part].by || known[pairOf(alike[l.a].ID, alike[l.b].ID)] != dismissed
		}))...)
	}
	return groups, nil
}

// sharers reads the customers that have one of the values. A value that very many share is read alone and in part.
func sharers(ctx context.Context, q *tenant.Query, part int, values []sharedValue) ([]Customer, error) {
	visible, args := q.Scope(customerRead).Where("c.owner_id", "c.id")
	var all []Customer
	read := func(values []string) error {
		if len(values) == 0 {
			return nil
		}
		var rows []Customer
		err := q.SelectIn(ctx, &rows, fmt.Sprintf(`SELECT `+customerColumns+` FROM company.customers c
			WHERE c.%s IN (?) AND c.deleted_at IS NULL AND %s ORDER BY c.id LIMIT %d`, identityColumns[part].column, visible, len(values)*maxGroup),
			append([]any{values}, args...)...)
		all = append(all, rows...)
		return err
	}
	var usual []string
	for _, v := range values {
		if v.Count <= maxGroup {
			usual = append(usual, v.Value)
		} else if err := read([]string{v.Value}); err != nil {
			return nil, err
		}
	}
	if err := read(usual); err != nil {
		return nil, err
	}
	return all, fillTags(ctx, q, all, (*Customer).tagged, "")
}

// link is between two customers that are likely to be one.
type link struct {
	a, b  int
	by    string
	score int
}

// part is the part of an identity under which the link is listed.
func (l link) part() string {
	if l.by == "similar_name" {
		return "name"
	}
	return l.by
}

// links compares customers each with each.
func links(rows []Customer, caller *tenant.Caller) []link {
	identities := make([]identity, len(rows))
	for i := range rows {
		identities[i] = rows[i].identity().seenBy(caller)
	}
	var found []link
	for a := range identities {
		for b := range a {
			if by := identities[a].resembles(identities[b]); by != "" {
				_, score := identities[a].likeness(identities[b])
				found = append(found, link{a, b, by, score})
			}
		}
	}
	return found
}

// connected puts customers together that hang together by links.
func connected(rows []Customer, links []link) []DuplicateGroup {
	root := make([]int, len(rows))
	for i := range rows {
		root[i] = i
	}
	for _, l := range links {
		from, to := root[l.a], root[l.b]
		for i := range root {
			if root[i] == from {
				root[i] = to
			}
		}
	}
	var groups []DuplicateGroup
	at := map[int]int{}
	for _, l := range links {
		n, known := at[root[l.a]]
		if !known {
			n = len(groups)
			at[root[l.a]], groups = n, append(groups, DuplicateGroup{})
		}
		if g := &groups[n]; l.score > g.Score {
			g.By, g.Score = l.by, l.score
		}
	}
	for i, c := range rows {
		if n, ok := at[root[i]]; ok {
			groups[n].Customers = append(groups[n].Customers, c)
		}
	}
	return groups
}
