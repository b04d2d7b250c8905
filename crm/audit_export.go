package crm

import (
	"context"
	"io"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// LogAuditExport notes who takes the audit log out, before any of it leaves.
func LogAuditExport(ctx context.Context, tx *tenant.Tx, in AuditQuery, format string) error {
	if _, err := in.statement(tx.Query); err != nil {
		return err
	}
	return ExportSummary{Resource: "audit_log", Format: format}.log(ctx, tx)
}

// ExportAuditLog writes what the query leaves as a table, newest first and page by page. Headings are in the caller's
// language, times in the company's zone.
func ExportAuditLog(ctx context.Context, q *tenant.Query, in AuditQuery, format string, out io.Writer) error {
	l, zone := language(q.Caller.Locale), q.Company.Location()
	members, err := ownerWords(ctx, q)
	if err != nil {
		return err
	}
	w, err := newTable(out, format, l.say(phrase{"审计日志", "Audit log"}), auditHeadings(l))
	if err != nil {
		return err
	}
	defer w.Discard()
	for in.Limit = list.MaxLimit; ; {
		page, err := ListAuditLog(ctx, q, in)
		if err != nil {
			return err
		}
		for _, e := range page.Data {
			if err := w.Write([]string{
				e.OccurredAt.In(zone).Format("2006-01-02T15:04:05"), members[e.ActorID], string(e.Source), e.Type, e.Resource, e.RecordID,
				e.words(), e.RequestID, e.Credential, string(e.Data),
			}); err != nil {
				return err
			}
		}
		if page.NextCursor == nil {
			return w.Close()
		}
		in.Cursor = *page.NextCursor
	}
}

func auditHeadings(l language) []sheet.OutColumn {
	var columns []sheet.OutColumn
	for n, p := range []phrase{
		{"时间", "Time"}, {"操作人", "Who"}, {"来源", "Source"}, {"事件", "Event"}, {"对象", "Resource"}, {"记录", "Record"},
		{"变更", "Changes"}, {"请求", "Request"}, {"凭证", "Credential"}, {"数据", "Data"},
	} {
		columns = append(columns, sheet.OutColumn{Header: l.say(p)})
		if n == 0 {
			columns[n].Kind = sheet.DateCell
		}
	}
	return columns
}

// words says in one line what was changed.
func (e AuditEntry) words() string {
	parts := make([]string, len(e.Changes))
	for n, c := range e.Changes {
		parts[n] = c.Field + ": " + string(c.Before) + " → " + string(c.After)
	}
	return strings.Join(parts, "; ")
}
