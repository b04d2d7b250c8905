package worker

import (
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
)

// kind is one sort of due work and how it is handed out.
type kind struct {
	name  string
	queue string
	// window bounds what is handed out and not done.
	window tenant.Window
	// every is how often due work is looked for while there is none.
	every time.Duration
	// timeout bounds one run of a handler. Work that takes longer than it is invisible extends its row.
	timeout time.Duration
	// together is how many rows of a company go into one task; 0 means one.
	together int
	// patience is after how many failures in a row the work is given up; 0 means never.
	patience int
}

// kinds is the table of all due work. A window per company keeps one company's work from filling the queues,
// a window per lane one slow receiver from filling its company's window.
var kinds = []kind{
	{
		name: plugins.EventWork, queue: "webhooks", every: 100 * time.Millisecond, timeout: time.Minute, patience: 20,
		window: tenant.Window{PerCompany: 600, PerLane: 300, Visible: time.Minute},
	},
	{
		// One message at a time to each bot: vendors allow few, and a chat reads better in order.
		name: plugins.MessageWork, queue: "messages", every: 200 * time.Millisecond, timeout: time.Minute, patience: 20,
		window: tenant.Window{PerCompany: 20, PerLane: 1, Visible: time.Minute},
	},
	{
		// Ten thousand may fall due at the same full hour.
		name: crm.ReminderWork, queue: "reminders", every: 200 * time.Millisecond, timeout: time.Minute, patience: 40, together: 100,
		window: tenant.Window{PerCompany: 1000, PerLane: 1000, Visible: time.Minute},
	},
	{
		name: crm.SilenceWork, queue: "reminders", every: time.Second, timeout: 10 * time.Minute,
		window: tenant.Window{PerCompany: 1, PerLane: 1, Visible: 10 * time.Minute},
	},
	{
		// Runs wait for nothing outside; a window keeps one company's ten thousand from everybody's way.
		name: crm.RuleWork, queue: "rules", every: 200 * time.Millisecond, timeout: time.Minute, patience: 8, together: 25,
		window: tenant.Window{PerCompany: 200, PerLane: 200, Visible: 2 * time.Minute},
	},
	{
		name: crm.RuleClockWork, queue: "rules", every: time.Second, timeout: 10 * time.Minute, patience: 20,
		window: tenant.Window{PerCompany: 4, PerLane: 4, Visible: 10 * time.Minute},
	},
	{
		name: crm.PoolWork, queue: "maintenance", every: time.Second, timeout: 10 * time.Minute,
		window: tenant.Window{PerCompany: 1, PerLane: 1, Visible: 10 * time.Minute},
	},
	{
		// One import of a company at a time; it extends its row after every batch.
		name: crm.ImportWork, queue: "imports", every: 500 * time.Millisecond, timeout: 24 * time.Hour, patience: 10,
		window: tenant.Window{PerCompany: 1, PerLane: 1, Visible: 2 * time.Minute},
	},
	{
		// As imports, of which it has much.
		name: crm.JobWork, queue: "imports", every: 500 * time.Millisecond, timeout: 24 * time.Hour, patience: 10,
		window: tenant.Window{PerCompany: 1, PerLane: 1, Visible: 2 * time.Minute},
	},
	{
		name: crm.CustomFieldWork, queue: "maintenance", every: time.Second, timeout: time.Minute,
		window: tenant.Window{PerCompany: 1, PerLane: 1, Visible: time.Minute},
	},
	{
		name: auth.MailKind, queue: "mail", every: 500 * time.Millisecond, timeout: time.Minute, patience: 20,
		window: tenant.Window{PerCompany: 10, PerLane: 10, Visible: 2 * time.Minute},
	},
	{
		name: crm.NoticeMailWork, queue: "mail", every: 500 * time.Millisecond, timeout: time.Minute, patience: 20,
		window: tenant.Window{PerCompany: 10, PerLane: 10, Visible: 2 * time.Minute},
	},
	{
		name: crm.NoticeBotWork, queue: "messages", every: 500 * time.Millisecond, timeout: time.Minute, patience: 20,
		window: tenant.Window{PerCompany: 10, PerLane: 10, Visible: time.Minute},
	},
	{
		name: crm.DigestWork, queue: "mail", every: time.Second, timeout: time.Minute, patience: 20,
		window: tenant.Window{PerCompany: 10, PerLane: 10, Visible: 2 * time.Minute},
	},
	{
		name: crm.FilesWork, queue: "maintenance", every: 5 * time.Second, timeout: 10 * time.Minute,
		window: tenant.Window{PerCompany: 1, PerLane: 1, Visible: 10 * time.Minute},
	},
	{
		name: auth.AccountMailKind, queue: "mail", every: 500 * time.Millisecond, timeout: time.Minute, patience: 20,
		window: tenant.Window{PerCompany: 10, PerLane: 10, Visible: 2 * time.Minute},
	},
	{
		name: tenant.HousekeepingWork, queue: "maintenance", every: 5 * time.Second, timeout: 10 * time.Minute,
		window: tenant.Window{PerCompany: 1, PerLane: 1, Visible: 10 * time.Minute},
	},
}

// concurrency is how many tasks of a queue one process works on at once. Webhooks mostly wait for receivers
// and hold nothing meanwhile; the others mostly hold a database connection.
var concurrency = map[string]int{
	"webhooks": 600, "messages": 50, "reminders": 8, "rules": 6, "imports": 2, "mail": 4, "maintenance": 2,
}

// kindNamed returns the kind, or the zero kind for one that this version does not know.
func kindNamed(name string) kind {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	if i < 0 {
		return kind{}
	}
	return kinds[i]
}

// Queues returns the names of all queues, in alphabetical order.
func Queues() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.queue)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
