package crm

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// The rules by which customers of a form are assigned.
const (
	ToNobody   = "nobody"
	ToMember   = "member"
	RoundRobin = "round_robin"
	ByRegion   = "region"
)

var assignmentRules = []string{ToNobody, ToMember, RoundRobin, ByRegion}

// FormAssignment says who gets the customers that come by a form. Members who are not active any more get none.
type FormAssignment struct {
	Rule      string            `json:"rule" enum:"nobody,member,round_robin,region" doc:"nobody: the public pool. member: always the same. round_robin: each in turn. region: as the visitor's region says." example:"round_robin"`
	MemberID  *tenant.MemberID  `json:"member_id,omitempty" doc:"member: who; region: who gets those of other regions, nobody when left out."`
	MemberIDs []tenant.MemberID `json:"member_ids,omitempty" maxItems:"100" doc:"round_robin: who takes turns, in this order."`
	Regions   []FormRegion      `json:"regions,omitempty" maxItems:"100" doc:"region: which can be chosen, and whose each is."`
}

// FormRegion is a region that visitors can choose, and who looks after it.
type FormRegion struct {
	Region   string          `json:"region" minLength:"1" maxLength:"100" doc:"What visitors choose." example:"华东"`
	MemberID tenant.MemberID `json:"member_id" doc:"Who gets its customers."`
}

// Value implements driver.Valuer.
func (a FormAssignment) Value() (driver.Value, error) {
	text, err := json.Marshal(a)
	return string(text), err
}

// Scan implements sql.Scanner.
func (a *FormAssignment) Scan(src any) error {
	*a = FormAssignment{}
	return scanJSON(src, a)
}

const maxAssignees = 100

// check sees to it that the rule is whole, and names nobody to whom the caller may not give customers.
func (a FormAssignment) check(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError) error {
	checkWord(invalid, "assignment.rule", a.Rule, assignmentRules)
	if len(a.MemberIDs) > maxAssignees || len(a.Regions) > maxAssignees {
		invalid.Add("assignment", "too_many", fmt.Sprintf("names more than %d", maxAssignees))
		return nil
	}
	if a.Rule != RoundRobin && len(a.MemberIDs) > 0 {
		invalid.Add("assignment.member_ids", "invalid", "is for the rule round_robin")
	}
	if a.Rule != ByRegion && len(a.Regions) > 0 {
		invalid.Add("assignment.regions", "invalid", "is for the rule region")
	}
	if a.Rule != ToMember && a.Rule != ByRegion && !deref(a.MemberID).IsZero() {
		invalid.Add("assignment.member_id", "invalid", "is for the rules member and region")
	}
	switch {
	case a.Rule == ToMember && deref(a.MemberID).IsZero():
		invalid.Add("assignment.member_id", "required", "is required")
	case a.Rule == RoundRobin && len(a.MemberIDs) == 0:
		invalid.Add("assignment.member_ids", "required", "name at least one member")
	case a.Rule == ByRegion && len(a.Regions) == 0:
		invalid.Add("assignment.regions", "required", "name at least one region")
	}
	seen := map[string]bool{}
	for i, r := range a.Regions {
		path := fmt.Sprintf("assignment.regions[%d].region", i)
		checkRequired(invalid, path, r.Region, 100)
		if seen[r.Region] {
			invalid.Add(path, "repeated", "is there already")
		}
		seen[r.Region] = true
	}
	return a.checkMembers(ctx, tx, invalid)
}

func (a FormAssignment) checkMembers(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError) error {
	checkMember := func(path string, id tenant.MemberID) error {
		if id.IsZero() {
			invalid.Add(path, "required", "is required")
			return nil
		}
		return checkOwner(ctx, tx, invalid, path, id, customerCreate)
	}
	if id := deref(a.MemberID); !id.IsZero() || a.Rule == ToNobody || a.Rule == ByRegion {
		if err := checkOwner(ctx, tx, invalid, "assignment.member_id", id, customerCreate); err != nil {
			return err
		}
	}
	for i, id := range a.MemberIDs {
		if err := checkMember(fmt.Sprintf("assignment.member_ids[%d]", i), id); err != nil {
			return err
		}
	}
	for i, r := range a.Regions {
		if err := checkMember(fmt.Sprintf("assignment.regions[%d].member_id", i), r.MemberID); err != nil {
			return err
		}
	}
	return nil
}

func (a FormAssignment) regionNames() []string {
	names := make([]string, len(a.Regions))
	for i, r := range a.Regions {
		names[i] = r.Region
	}
	return names
}

// owner returns who gets the next customer, or the zero id for nobody, and whose turn it is afterwards. The form is
// locked, so that two visitors at once are not given to the same member.
func (a FormAssignment) owner(ctx context.Context, q *tenant.Query, region string, turn int64) (tenant.MemberID, int64, error) {
	candidates := a.candidates(region, turn)
	if len(candidates) == 0 {
		return tenant.MemberID{}, turn, nil
	}
	var active []tenant.MemberID
	if err := q.SelectIn(ctx, &active, `SELECT id FROM company.members WHERE id IN (?) AND status = ?`, candidates, tenant.MemberActive); err != nil {
		return tenant.MemberID{}, turn, err
	}
	for i, id := range candidates {
		if slices.Contains(active, id) {
			return id, turn + int64(i) + 1, nil
		}
	}
	return tenant.MemberID{}, turn, nil
}

// candidates are those who may get the next customer, the first of whom is active does.
func (a FormAssignment) candidates(region string, turn int64) []tenant.MemberID {
	var all []tenant.MemberID
	switch a.Rule {
	case RoundRobin:
		first := int(turn % int64(len(a.MemberIDs)))
		return slices.Concat(a.MemberIDs[first:], a.MemberIDs[:first])
	case ByRegion:
		for _, r := range a.Regions {
			if r.Region == region {
				all = append(all, r.MemberID)
			}
		}
	}
	if id := deref(a.MemberID); !id.IsZero() {
		all = append(all, id)
	}
	return all
}
