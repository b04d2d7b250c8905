package crm

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	auditRead tenant.Permission = "audit_log:read"
	// auditDays is how far back the plan lets the audit log be read, as package billing names it.
	auditDays tenant.Quota = "audit_days"
)

// AuditEntry is one change as the audit log shows it: who did what to which record, by what means, and what it was
// before and after.
type AuditEntry struct {
	ID         tenant.EventID    `json:"id" doc:"The event's id, as webhooks carry it." example:"evt_01h455vb4pex5vsknk084sn02q"`
	Type       string            `json:"type" doc:"What happened." example:"customer.updated"`
	Resource   string            `json:"resource" doc:"The noun of the record." example:"customer"`
	RecordID   string            `json:"record_id" doc:"The record." example:"cus_01h455vb4pex5vsknk084sn02q"`
	OccurredAt time.Time         `json:"occurred_at" doc:"When (UTC)."`
	ActorID    tenant.MemberID   `json:"actor_id" nullable:"true" doc:"Who did it; null for the system and for rules."`
	Source     tenant.CallerKind `json:"source" enum:"member,api_key,rule,import,system" doc:"By what means: a signed-in person, a program, a rule of the company's, an import, or the product itself." example:"member"`
	Credential string            `json:"credential" doc:"The session, API key or import; for work in the background its name." example:"key_01h455vb4pex5vsknk084sn02q"`
	RequestID  string            `json:"request_id" doc:"The request, as X-Request-Id and the logs name it; empty for work in the background."`
	Changes    []FieldChange     `json:"changes" nullable:"false" doc:"Fields before and after, where an existing record was changed."`
	Data       json.RawMessage   `json:"data" doc:"The record after the change, or as it was when it was deleted."`
}

// AuditQuery says which part of the audit log is wanted. What is left open leaves all.
type AuditQuery struct {
	Actor     tenant.MemberID
	Resource  string
	Record    string
	Types     []string
	Source    tenant.CallerKind
	RequestID string
	// Since and Until are times, until exclusive.
	Since, Until time.Time
	// Limit is the page size, 1 to 200; 0 means 20. Cursor continues after the page that gave it.
	Limit  int
	Cursor string
}

// auditRow is what the log keeps of a change.
type auditRow struct {
	timelineRow
	ID         int64             `db:"id"`
	EventID    tenant.EventID    `db:"event_id"`
	Type       string            `db:"type"`
	Resource   string            `db:"resource"`
	Record     tenant.RecordID   `db:"record_id"`
	Source     tenant.CallerKind `db:"actor_kind"`
	Credential string            `db:"credential"`
	RequestID  string            `db:"request_id"`
	Data       json.RawMessage   `db:"data"`
	Previous   json.RawMessage   `db:"previous"`
}

const auditColumns = `created_at AS at, actor_id, id, event_id, type, resource, record_id, actor_kind,
	COALESCE(credential, '') AS credential, COALESCE(request_id, '') AS request_id, data, previous`

// ListAuditLog returns one page of the changes that the caller's scope lets them audit, newest first: of those whom
// they are over, or of all and of the product itself.
func ListAuditLog(ctx context.Context, q *tenant.Query, in AuditQuery) (Page[AuditEntry], error) {
	limit := cmp.Or(in.Limit, 20)
	if limit < 1 || limit > list.MaxLimit {
		return Page[AuditEntry]{}, tenant.Invalid("limit", "out_of_range", fmt.Sprintf("must be 1 to %d", list.MaxLimit))
	}
	statement, err := in.statement(q)
	if err != nil {
		return Page[AuditEntry]{}, err
	}
	var rows []auditRow
	if err := q.Select(ctx, &rows, fmt.Sprintf("%s LIMIT %d", statement.SQL, limit+1), statement.Args...); err != nil {
		return Page[AuditEntry]{}, err
	}
	page := Page[AuditEntry]{Data: []AuditEntry{}}
	for _, r := range rows[:min(limit, len(rows))] {
		page.Data = append(page.Data, r.entry(q.Caller.Masked))
	}
	if len(rows) > limit {
		last := rows[limit-1]
		page.NextCursor, err = (moment{last.At, last.numbered(last.ID).tie}).cursor("", in.print(q))
	}
	return page, err
}

// statement reads from the key that leaves least.
func (in AuditQuery) statement(q *tenant.Query) (list.Condition, error) {
	before, err := in.place(q)
	if err != nil {
		return list.Condition{}, err
	}
	visible, args := q.Scope(auditRead).Where("actor_id", "")
	where, key := []list.Condition{before.numberedCondition("created_at", "id"), {SQL: visible, Args: args}}, "changes_age"
	only := func(index, sql string, value ...any) {
		where = append(where, list.Condition{SQL: sql, Args: value})
		if index != "" {
			key = index
		}
	}
	if days := q.Caller.Limits[auditDays]; days >= 0 {
		only("", "created_at >= ?", q.Now.AddDate(0, 0, -int(days)))
	}
	if !in.Since.IsZero() {
		only("", "created_at >= ?", in.Since)
	}
	if !in.Until.IsZero() {
		only("", "created_at < ?", in.Until)
	}
	if in.Source != "" {
		only("", "actor_kind = ?", in.Source)
	}
	if len(in.Types) > 0 {
		kinds := make([]any, len(in.Types))
		for n, kind := range in.Types {
			kinds[n] = kind
		}
		only("", "type IN (?"+strings.Repeat(", ?", len(kinds)-1)+")", kinds...)
		if in.Resource == "" {
			in.Resource = commonResource(in.Types)
		}
	}
	if in.Resource != "" {
		only("changes_resource", "resource = ?", in.Resource)
	}
	if !in.Actor.IsZero() {
		only("changes_actor", "actor_id = ?", in.Actor)
	}
	if in.Record != "" {
		_, id, err := tenant.SplitID(in.Record)
		if err != nil {
			return list.Condition{}, tenant.Invalid("record_id", "invalid", "must be a record's id, as cus_01h455vb4pex5vsknk084sn02q")
		}
		only("changes_record", "record_id = ?", id)
	}
	if in.RequestID != "" {
		only("changes_request", "request_id = ?", in.RequestID)
	}
	all := list.All(where...)
	return list.Condition{SQL: `SELECT ` + auditColumns + ` FROM company.changes FORCE INDEX (` + key + `)
		WHERE ` + all.SQL + ` ORDER BY created_at DESC, id DESC`, Args: all.Args}, nil
}

// commonResource returns the resource of all the types, nothing when they have several.
func commonResource(types []string) string {
	common := resourceOf(types[0])
	if slices.ContainsFunc(types, func(kind string) bool { return resourceOf(kind) != common }) {
		return ""
	}
	return common
}

// resourceOf returns what an event of the type is of: mostly what stands before the dot.
func resourceOf(kind string) string {
	noun, _, _ := strings.Cut(kind, ".")
	switch {
	case kind == "form.submitted":
		return "customer"
	case strings.HasPrefix(kind, "customer.silent"), noun == "notification":
		return "member"
	case noun == "import_mapping":
		return "import"
	case noun == "webhook":
		return "webhook_endpoint"
	}
	return noun
}

// print binds a cursor to what was asked for.
func (in AuditQuery) print(q *tenant.Query) []byte {
	in.Cursor, in.Limit = "", 0
	sum := sha256.Sum256(fmt.Append(nil, q.Company.ID, q.Scope(auditRead).Fingerprint(), in))
	return sum[:12]
}

func (in AuditQuery) place(q *tenant.Query) (moment, error) {
	if in.Cursor == "" {
		return theEnd, nil
	}
	before, _, err := momentOf(in.Cursor, in.print(q))
	return before, err
}

// entry shows a row, in part where the reader's roles mask it.
func (r auditRow) entry(masked map[string]bool) AuditEntry {
	e := AuditEntry{
		ID: r.EventID, Type: r.Type, Resource: r.Resource, RecordID: (RecordRef{r.Resource, r.Record}).String(), OccurredAt: r.At, ActorID: r.Actor,
		Source: r.Source, Credential: r.Credential, RequestID: r.RequestID, Data: orNull(mask.Data(r.Resource, r.Data, masked)),
	}
	if e.RecordID == "" {
		var keys changeKeys
		if err := json.Unmarshal(r.Data, &keys); err == nil {
			e.RecordID = keys.ID
		}
	}
	changes, err := fieldChanges(mask.Data(r.Resource, r.Previous, masked), e.Data)
	if err != nil {
		changes = nil // the event has no fields to compare
	}
	e.Changes = append([]FieldChange{}, changes...)
	return e
}
