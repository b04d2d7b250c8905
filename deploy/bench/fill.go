package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// customersEach is how many customers a salesperson of the measured company has.
const customersEach = 5000

// hire writes members past the product's checks, enough for so many customers, and returns them with the one there is.
func (w *world) hire(ctx context.Context, a account, customers int) ([]tenant.MemberID, error) {
	all := []tenant.MemberID{a.member}
	caller := tenant.System()
	err := w.tenants.Tx(ctx, a.company, &caller, func(tx *tenant.Tx) error {
		members := tx.Bulk(`INSERT INTO company.members (id, name, title, status, locale, version, created_at, updated_at) VALUES`, 8, "")
		tree := tx.Bulk(`INSERT INTO company.member_tree (ancestor_id, descendant_id, depth) VALUES`, 3, "")
		all = all[:1]
		for len(all) < customers/customersEach {
			id := tenant.NewMemberID()
			all = append(all, id)
			if err := errors.Join(members.Add(ctx, id, personName(), "", "active", "zh-CN", 1, tx.Now, tx.Now), tree.Add(ctx, id, id, 0)); err != nil {
				return err
			}
		}
		return errors.Join(members.Flush(ctx), tree.Flush(ctx))
	})
	return all, err
}

// fillAround writes customers and what hangs on them past the product's checks, on all cores, and returns the id of one.
func (w *world) fillAround(ctx context.Context, a account, n int) (string, error) {
	owners, err := w.hire(ctx, a, n)
	if err != nil {
		return "", err
	}
	caller := tenant.System()
	var into pipelineEnds
	if err := w.tenants.Read(ctx, a.company, &caller, func(q *tenant.Query) error {
		return q.Get(ctx, &into, `SELECT o.pipeline_id, o.id AS open_id, w.id AS won_id FROM company.pipeline_stages o
			JOIN company.pipeline_stages w ON w.pipeline_id = o.pipeline_id AND w.kind = 'won'
			WHERE o.kind = 'open' ORDER BY o.position LIMIT 1`)
	}); err != nil {
		return "", err
	}
	fill, each := errgroup.WithContext(ctx)
	fill.SetLimit(runtime.NumCPU())
	var first tenant.RecordID
	for from := 0; from < n; from += 1000 {
		fill.Go(func() error {
			return w.tenants.Tx(each, a.company, &caller, func(tx *tenant.Tx) error {
				last, err := fillThousand(each, tx, owners, into, from, min(1000, n-from))
				if from == 0 {
					first = last
				}
				return err
			})
		})
	}
	if err := fill.Wait(); err != nil {
		return "", err
	}
	return tenant.FormatID("cus", first), w.tenants.Read(ctx, a.company, &caller, func(q *tenant.Query) error {
		for _, table := range []string{"customers", "interactions", "tasks", "deals", "search_grams"} {
			if err := analyse(ctx, q, table); err != nil {
				return err
			}
		}
		return nil
	})
}

// analyse gives the server the statistics of a table.
func analyse(ctx context.Context, q *tenant.Query, table string) error {
	var told []struct {
		Table string `db:"Table"`
		Op    string `db:"Op"`
		Kind  string `db:"Msg_type"`
		Text  string `db:"Msg_text"`
	}
	return q.Select(ctx, &told, "ANALYZE TABLE company."+table)
}

// pipelineEnds are a pipeline's first stage and the one of its wins.
type pipelineEnds struct {
	ID   tenant.RecordID `db:"pipeline_id"`
	Open tenant.RecordID `db:"open_id"`
	Won  tenant.RecordID `db:"won_id"`
}

func fillThousand(ctx context.Context, tx *tenant.Tx, owners []tenant.MemberID, into pipelineEnds, from, n int) (tenant.RecordID, error) {
	stages := []string{"potential", "interested", "won", "lost"}
	customers := tx.Bulk(`INSERT INTO company.customers (id, name, name_key, name_sort, search_text, contact_name, phone,
		website, address, industry, source, note, owner_id, owner_since, lifecycle, lifecycle_since, lost_reason, do_not_contact,
		consents, custom, silence_from, silence_reminded, version, created_at, updated_at, last_interaction_at) VALUES`, 26, "")
	interactions := tx.Bulk(`INSERT INTO company.interactions (id, customer_id, kind, direction, outcome, occurred_at, place, summary, search_text, contacts, links,
		resolved, resolution, next_step, author_id, version, created_at, updated_at) VALUES`, 18, "")
	tasks := tx.Bulk(`INSERT INTO company.tasks (id, title, search_text, note, kind, priority, status, customer_id, assignee_id, due_at, time_zone, checklist, usual, custom,
		version, created_at, updated_at) VALUES`, 17, "")
	deals := tx.Bulk(`INSERT INTO company.deals (id, name, name_sort, search_text, customer_id, pipeline_id, stage_id, board_rank, stage_since, status,
		owner_id, amount, item_count, currency, amount_base, expected_close_on, closed_at, closed_on, next_task_at, last_activity_at, created_at, updated_at,
		lost_reason, source, note, custom, version) VALUES`, 27, "")
	var index []search.Row
	var id tenant.RecordID
	for number := from; number < from+n; number++ {
		id = tenant.RecordID(tenant.NewEventID())
		owner := owners[number/10%len(owners)]                                 // who so has customers in every stage
		at := tx.Now.Add(-time.Duration(rand.IntN(365*24*3600)) * time.Second) //nolint:gosec // made-up data
		name, contact, phone := companyName(), personName(), fmt.Sprintf("+8613%09d", number)
		text := search.Text(name, contact, phone)
		index = append(index, search.RowOf(id, text))
		if err := customers.Add(ctx, id, name, search.NameKey(name), search.NameSort(name), text, contact, phone,
			"", "", "", "", "", owner, at, stages[number%4], at, "", 0, "{}", "{}", at, 0, 1, at, at, at); err != nil {
			return id, err
		}
		for range 2 {
			if err := interactions.Add(ctx, tenant.NewEventID(), id, "call", "out", "", at, "", "对样品满意", "对样品满意", "[]", "[]", 1, "", "", owner, 1, at, at); err != nil {
				return id, err
			}
		}
		if number%5 == 0 {
			if err := tasks.Add(ctx, tenant.NewEventID(), "发送报价单", "发送报价单", "", "todo", "normal", "open", id, owner, at.AddDate(1, 0, 0), "Asia/Shanghai", "[]", "{}", "{}", 1, at, at); err != nil {
				return id, err
			}
		}
		if number%2 == 0 {
			stage, status, closed, closedOn := into.Open, "open", any(nil), any(nil)
			if number%10 != 0 {
				stage, status, closed, closedOn = into.Won, "won", at, at.Format(time.DateOnly)
			}
			if err := deals.Add(ctx, tenant.NewEventID(), name, search.NameSort(name), text, id, into.ID, stage, fmt.Sprintf("m%07d1", number), at, status,
				owner, number, 0, "CNY", number, at.AddDate(1, 0, 0).Format(time.DateOnly), closed, closedOn, at, at, at, at, "", "", "", "{}", 1); err != nil {
				return id, err
			}
		}
	}
	for _, rows := range []*tenant.Bulk{customers, interactions, tasks, deals} {
		if err := rows.Flush(ctx); err != nil {
			return id, err
		}
	}
	return id, search.Insert(ctx, tx, search.Customers, index)
}

// The parts of made-up names: every name has some of the common parts and some rare ones, as in life.
var (
	nameParts = []rune("云海天华信达远航中科宏图兴业长城金龙恒安泰和光明星辰方圆瑞丰永昌德胜")
	surnames  = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
	cities    = []string{"上海", "北京", "深圳", "杭州", "苏州", "成都"}
	trades    = []string{"科技", "贸易", "实业", "信息", "电子", "物流"}
)

func of[T any](choices []T) T { return choices[rand.IntN(len(choices))] } //nolint:gosec // made-up data

func companyName() string {
	return of(cities) + string([]rune{of(nameParts), of(nameParts), of(nameParts)}) + of(trades) + "有限公司"
}

func personName() string { return string([]rune{of(surnames), of(nameParts), of(nameParts)}) }
