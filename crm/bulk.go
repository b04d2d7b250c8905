package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// maxBulk bounds one change of many records: they are locked until it commits.
const maxBulk = 500

// BulkSelection is what a list was asked.
type BulkSelection struct {
	Filter string `json:"filter,omitempty" maxLength:"4096" doc:"The list's filter; all records when left out." example:"owner = me"`
	Q      string `json:"q,omitempty" maxLength:"200" doc:"The list's search."`
}

// BulkResult says what became of each record. The four counts add up to selected.
type BulkResult struct {
	Selected  int `json:"selected" doc:"Records that were named or matched, each once." example:"12"`
	Changed   int `json:"changed" doc:"Records that were changed or deleted." example:"10"`
	Unchanged int `json:"unchanged" doc:"Records that were so already." example:"1"`
	NotFound  int `json:"not_found" doc:"Records that do not exist or are out of your reach." example:"1"`
	Refused   int `json:"refused" doc:"Records that cannot be changed so." example:"0"`
	// Failures are what NotFound and Refused count.
	Failures []BulkFailure `json:"failures" nullable:"false" doc:"Each that was not found or refused."`
}

// BulkFailure is a record that a change passed over.
type BulkFailure struct {
	ID      RecordRef `json:"id" doc:"The record."`
	Code    string    `json:"code" enum:"not_found,too_many,out_of_scope,customer_deleted,value_taken" doc:"Why: not_found, too_many tags, or out_of_scope for whoever it is only shared with. Of restoring: customer_deleted for a contact of a customer in the trash, value_taken for a unique value that another record has by now."`
	Message string    `json:"message" doc:"The same in words."`
}

// checkSelection sees to it that a change of many says which, in one way.
func checkSelection(invalid *tenant.InvalidError, ids int, matching *BulkSelection, nouns string) {
	switch {
	case matching == nil && ids == 0:
		invalid.Add("ids", "required", "name "+nouns+", or say which by matching")
	case matching != nil && ids > 0:
		invalid.Add("ids", "invalid", "cannot stand beside matching")
	case ids > maxBulk:
		invalid.Add("ids", "too_many", fmt.Sprintf("holds more than %d %s", maxBulk, nouns))
	}
}

// planner makes the plan of a noun's list.
type planner func(ctx context.Context, q *tenant.Query, in ListQuery) (*list.Plan, error)

// selectIDs returns the records that a change of many is about, each once and in the order of their ids. column is
// that of the id in the list.
func selectIDs[K tenant.Kind](ctx context.Context, q *tenant.Query, ids []tenant.ID[K], matching *BulkSelection, plan planner, column, nouns string) ([]tenant.ID[K], error) {
	ids = slices.Clone(ids)
	if matching != nil {
		p, err := plan(ctx, q, ListQuery{Filter: matching.Filter, Q: matching.Q})
		if err != nil {
			return nil, err
		}
		where := p.Conditions()
		if err := q.Select(ctx, &ids, fmt.Sprintf("SELECT %s FROM %s WHERE %s LIMIT %d", column, p.From(), where.SQL, maxBulk+1), where.Args...); err != nil {
			return nil, err
		}
		if len(ids) > maxBulk {
			return nil, tenant.Invalid("matching", "too_many", fmt.Sprintf("matches more than %d %s; narrow it and repeat, or start a job with POST /v1/jobs", maxBulk, nouns))
		}
	}
	slices.SortFunc(ids, func(a, b tenant.ID[K]) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(ids), nil
}

// beginResult begins to tell of a change of many by noting the records that were not found.
func beginResult[K tenant.Kind, T any](noun string, ids []tenant.ID[K], found []T, idOf func(*T) tenant.ID[K]) BulkResult {
	r := BulkResult{Selected: len(ids), Failures: []BulkFailure{}}
	reached := make(map[tenant.ID[K]]bool, len(found))
	for i := range found {
		reached[idOf(&found[i])] = true
	}
	for _, id := range ids {
		if !reached[id] {
			r.NotFound++
			r.Failures = append(r.Failures, BulkFailure{
				RecordRef{noun, tenant.RecordID(id)}, "not_found", "There is no such " + noun + ", or it is not yours to change.",
			})
		}
	}
	return r
}

// refuse notes a record that cannot be changed so.
func (r *BulkResult) refuse(f BulkFailure) {
	r.Refused++
	r.Failures = append(r.Failures, f)
}

// checkBulkTags cleans the tags that a change is about; there must be some.
func checkBulkTags(invalid *tenant.InvalidError, tags []string) []string {
	tags = cleanTags(invalid, "tags", tags)
	if len(tags) == 0 && len(invalid.Fields) == 0 {
		invalid.Add("tags", "required", "name at least one")
	}
	return tags
}
