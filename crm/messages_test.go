package crm_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestDescribe(t *testing.T) {
	w := newWorld(t)
	c := w.rep.create(t, crm.NewCustomer{Name: "云帆\r\n科技"})
	task := w.rep.task(t, crm.NewTask{Title: "Send\u2028quote", DueAt: ptr(w.Clock.Now())})
	lost := must[crm.Customer](t)(w.rep.tryMove(t, c.ID, crm.StageChange{To: crm.Lost, Reason: "too\ndear"}))
	silent := crm.SilentCustomers{OwnerID: w.acme.Rep, Count: 15}
	for n := range 12 {
		silent.Customers = append(silent.Customers, crm.SilentCustomer{Name: fmt.Sprint("c", n), Days: 20 - n})
	}
	hand := lost
	hand.OwnerID = w.acme.Rep2
	moved := w.changesOf(t, "customer.lifecycle_changed")[0]
	for _, row := range []struct {
		kind          string
		data          any
		before, after tenant.MemberID
		locale        string
		want          crm.Message
		ok            bool
	}{
		{"task.due", task, w.acme.Rep, w.acme.Rep, "en", crm.Message{Title: "Task due: Send quote", Lines: []string{"Due: 2026-03-02 09:00"}, Link: "/tasks/" + task.ID.String()}, true},
		{"task.created", task, tenant.MemberID{}, w.acme.Rep, "zh-CN", crm.Message{Title: "新任务：Send quote", Lines: []string{"截止：2026-03-02 09:00"}, Link: "/tasks/" + task.ID.String()}, true},
		{"customer.updated", hand, w.acme.Rep, w.acme.Rep2, "fr", crm.Message{Title: "Customer handed to acme rep 2: 云帆  科技", Link: "/customers/" + c.ID.String()}, true},
		{"customer.updated", lost, w.acme.Rep2, w.acme.Rep, "zh-CN", crm.Message{Title: "客户转交给你：云帆  科技", Link: "/customers/" + c.ID.String()}, true},
		{"customer.updated", lost, w.acme.Rep, w.acme.Rep, "en", crm.Message{}, false},
		{"customer.created", c, tenant.MemberID{}, w.acme.Rep, "en", crm.Message{Title: "Customer handed to you: 云帆  科技", Link: "/customers/" + c.ID.String()}, true},
		{"customer.shared", crm.CollaboratorChange{CustomerID: c.ID, CustomerName: "云帆", MemberID: w.acme.Rep}, w.acme.Rep2, w.acme.Rep2, "zh-CN",
			crm.Message{Title: "客户共享给你：云帆", Link: "/customers/" + c.ID.String()}, true},
		{"customer.shared", crm.CollaboratorChange{CustomerID: c.ID, CustomerName: "云帆", MemberID: w.acme.Rep2}, w.acme.Rep, w.acme.Rep, "en",
			crm.Message{Title: "Customer shared with acme rep 2: 云帆", Link: "/customers/" + c.ID.String()}, true},
		{"customer.lifecycle_changed", lost, w.acme.Rep, w.acme.Rep, "zh-CN", crm.Message{
			Title: "云帆  科技：潜在 → 流失", Lines: []string{"负责人：acme rep", "原因：too dear"}, Link: "/customers/" + c.ID.String(),
		}, true},
		{"customer.silent", silent, w.acme.Rep, w.acme.Rep, "en", crm.Message{Title: "Quiet customers: 15", Lines: []string{
			"c0: days without contact: 20", "c1: days without contact: 19", "c2: days without contact: 18", "c3: days without contact: 17", "c4: days without contact: 16",
			"c5: days without contact: 15", "c6: days without contact: 14", "c7: days without contact: 13", "c8: days without contact: 12", "c9: days without contact: 11", "5 more",
		}, Link: "/customers?view=quiet"}, true},
		{"customer.silent_escalated", crm.SilentCustomers{OwnerID: w.acme.Rep, Count: 1, Customers: silent.Customers[:1]}, w.acme.Manager, w.acme.Manager, "zh-CN",
			crm.Message{Title: "acme rep 的 1 个客户久未联系", Lines: []string{"c0：20 天"}, Link: "/customers?view=quiet"}, true},
		{"import.finished", crm.ImportSummary{ID: "imp_1", FileName: "a.csv", Status: crm.ImportFinished, Created: 1, Updated: 2, Duplicates: 3, Rejected: 4}, w.acme.Rep, w.acme.Rep, "en",
			crm.Message{Title: "Import finished: a.csv", Lines: []string{"1 created, 2 updated, 3 duplicates, 4 rejected"}, Link: "/imports/imp_1"}, true},
		{"import.finished", crm.ImportSummary{ID: "imp_1", FileName: "a.csv", Status: crm.ImportFailed, Error: "no permission", Created: 1}, w.acme.Rep, w.acme.Rep, "zh-CN",
			crm.Message{Title: "导入失败：a.csv", Lines: []string{"no permission", "新建 1，更新 0，重复 0，拒绝 0"}, Link: "/imports/imp_1"}, true},
		{"import.undone", crm.ImportSummary{ID: "imp_1", FileName: "a.csv", Status: crm.ImportUndone, Undone: 5}, w.acme.Rep, w.acme.Rep, "en",
			crm.Message{Title: "Import undone: a.csv", Lines: []string{"5 records taken back"}, Link: "/imports/imp_1"}, true},
		{"job.finished", crm.Job{Kind: "deals", Status: crm.JobFinished, Total: 501, Changed: 500, Refused: 1}, w.acme.Rep, w.acme.Rep, "en",
			crm.Message{Title: "Change of many finished: deals", Lines: []string{"of 501: 500 changed, 0 so already, 0 not found, 1 refused"}, Link: "/deals"}, true},
		{"job.finished", crm.Job{Kind: "hand_over", Status: crm.JobFailed, Total: 3, Error: "no permission"}, w.acme.Rep, w.acme.Rep, "zh-CN",
			crm.Message{Title: "批量操作失败：工作交接", Lines: []string{"no permission", "共 3 条：已修改 0，无需修改 0，找不到 0，拒绝 0"}, Link: "/settings/members"}, true},
		{"job.finished", crm.Job{Kind: "tasks", Status: crm.JobFinished, Total: 500}, w.acme.Rep, w.acme.Rep, "en", crm.Message{}, false},
		{"company.mail_server_failing", map[string]string{"host": "smtp.acme.example", "last_error": "The server does not answer."}, tenant.MemberID{}, tenant.MemberID{}, "en",
			crm.Message{Title: "The mail server smtp.acme.example does not send", Lines: []string{"The server does not answer."}, Link: "/settings"}, true},
		{"webhook_endpoint.disabled", map[string]string{"url": "https://a.example", "reason": "410"}, tenant.MemberID{}, tenant.MemberID{}, "en",
			crm.Message{Title: "Disabled: https://a.example", Lines: []string{"410"}, Link: "/settings/integrations"}, true},
		{"customer.deleted", c, w.acme.Rep, tenant.MemberID{}, "en", crm.Message{}, false},
	} {
		t.Run(row.kind, func(t *testing.T) {
			change := tenant.Change{Type: row.kind, Data: must[[]byte](t)(json.Marshal(row.data)), Previous: moved.Previous, OwnerBefore: row.before, OwnerAfter: row.after}
			ok := false
			got := must[crm.Message](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) (m crm.Message, err error) {
				m, ok, err = crm.Describe(ctx, q, change, row.locale)
				return m, err
			}))
			if diff := cmp.Diff(row.want, got); diff != "" || ok != row.ok {
				t.Errorf("ok %v, -want +got\n%s", ok, diff)
			}
			if strings.ContainsAny(got.Title, "\r\n\u2028") {
				t.Errorf("%q is more than one line", got.Title)
			}
			if !row.ok {
				return
			}
			change.Data = json.RawMessage(`[`)
			if _, err := read(t, w.rep, func(ctx ctx, q *tenant.Query) (m crm.Message, err error) {
				m, _, err = crm.Describe(ctx, q, change, row.locale)
				return m, err
			}); err == nil {
				t.Error("broken data were described")
			}
		})
	}
}
