package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"

	"github.com/guanxi-crm/guanxi/tenant"
)

// measureList compares the customer list with a bare net/http handler that runs the same two statements
// and encodes the same records: what is between them is routing, sign-in, Casbin's decision, rate limits,
// filter and cursor handling, and the access log.
func (w *world) measureList(ctx context.Context, o options) error {
	a, err := w.signUp(ctx, "measured")
	if err != nil {
		return err
	}
	for i := range o.Companies {
		if _, err := w.signUp(ctx, fmt.Sprintf("neighbour-%d", i)); err != nil {
			return err
		}
	}
	began := time.Now()
	if err := w.fill(ctx, a, o.Customers); err != nil {
		return err
	}
	fmt.Printf("%d customers beside %d companies, filled in %s\n", o.Customers, o.Companies, time.Since(began).Round(time.Second))
	bare, server, err := w.bare(ctx, a)
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()
	for _, connections := range []int{64, 1000} {
		peer := load(ctx, bare, "", connections, o.Lasting)
		ours := load(ctx, w.url+"/v1/customers", a.token, connections, o.Lasting)
		again := load(ctx, bare, "", connections, o.Lasting)
		base := (peer.perSecond + again.perSecond) / 2
		fmt.Printf("%4d connections  bare    %s\n                  bare    %s\n                  guanxi  %s   ratio %.2f\n",
			connections, peer, again, ours, ours.perSecond/base)
	}
	return nil
}

// fill writes customers past the product's checks, as fast as the server takes them.
func (w *world) fill(ctx context.Context, a account, n int) error {
	caller := tenant.System()
	stages := []string{"potential", "interested", "won", "lost"}
	for done := 0; done < n; {
		batch := min(500, n-done)
		err := w.tenants.Tx(ctx, a.company, &caller, func(tx *tenant.Tx) error {
			var args []any
			for i := range batch {
				number := done + i
				at := tx.Now.Add(-time.Duration(rand.IntN(365*24*3600)) * time.Second) //nolint:gosec // made-up data
				args = append(args, tenant.NewEventID(), fmt.Sprintf("Customer %d", number), fmt.Sprintf("customer%d", number),
					fmt.Sprintf("customer %d", number), fmt.Sprintf("customer %d", number), fmt.Sprintf("+8613%09d", number),
					a.member, at, stages[number%4], at, at, at, at)
			}
			_, err := tx.Exec(ctx, `INSERT INTO company.customers (id, name, name_key, name_sort, search_text, contact_name, phone,
					website, address, industry, source, note, owner_id, owner_since, lifecycle, lifecycle_since, lost_reason, do_not_contact,
					consents, custom, silence_from, silence_reminded, version, created_at, updated_at)
				VALUES `+strings.TrimSuffix(strings.Repeat(`(?, ?, ?, ?, ?, '', ?, '', '', '', '', '', ?, ?, ?, ?, '', 0, '{}', '{}', ?, 0, 1, ?, ?),`, batch), ","), args...)
			return err
		})
		if err != nil {
			return err
		}
		done += batch
	}
	return nil
}

// bareColumns are the list's, without what only the product needs.
const bareColumns = `c.id, c.name, c.contact_name, c.phone, c.email, c.website, c.address, c.industry, c.employees,
	c.revenue, c.revenue_currency, c.source, c.note, c.owner_id, c.lifecycle, c.lifecycle_since, c.lost_reason,
	c.last_interaction_at, c.last_interaction_by, c.next_follow_up_at, c.do_not_contact, c.created_by, c.created_at,
	c.updated_at, c.version, c.name_sort, c.last_interaction_sort, c.next_follow_up_sort, c.silence_from`

type bareCustomer struct {
	ID                  []byte     `db:"id" json:"id"`
	Name                string     `db:"name" json:"name"`
	ContactName         string     `db:"contact_name" json:"contact_name"`
	Phone               *string    `db:"phone" json:"phone"`
	Email               *string    `db:"email" json:"email"`
	Website             string     `db:"website" json:"website"`
	Address             string     `db:"address" json:"address"`
	Industry            string     `db:"industry" json:"industry"`
	Employees           *int       `db:"employees" json:"employees"`
	Revenue             *int64     `db:"revenue" json:"revenue"`
	RevenueCurrency     *string    `db:"revenue_currency" json:"revenue_currency"`
	Source              string     `db:"source" json:"source"`
	Note                string     `db:"note" json:"note"`
	Owner               []byte     `db:"owner_id" json:"owner_id"`
	Lifecycle           string     `db:"lifecycle" json:"lifecycle"`
	LifecycleSince      time.Time  `db:"lifecycle_since" json:"lifecycle_since"`
	LostReason          string     `db:"lost_reason" json:"lost_reason"`
	LastInteractionAt   *time.Time `db:"last_interaction_at" json:"last_interaction_at"`
	LastInteractionBy   []byte     `db:"last_interaction_by" json:"last_interaction_by"`
	NextFollowUpAt      *time.Time `db:"next_follow_up_at" json:"next_follow_up_at"`
	DoNotContact        bool       `db:"do_not_contact" json:"do_not_contact"`
	Tags                []string   `db:"-" json:"tags"`
	CreatedBy           []byte     `db:"created_by" json:"created_by"`
	CreatedAt           time.Time  `db:"created_at" json:"created_at"`
	UpdatedAt           time.Time  `db:"updated_at" json:"updated_at"`
	Version             int64      `db:"version" json:"-"`
	NameSort            string     `db:"name_sort" json:"-"`
	LastInteractionSort time.Time  `db:"last_interaction_sort" json:"-"`
	NextFollowUpSort    time.Time  `db:"next_follow_up_sort" json:"-"`
	SilenceFrom         time.Time  `db:"silence_from" json:"-"`
}

// bare serves the list's statements with nothing around them.
func (w *world) bare(ctx context.Context, a account) (string, *http.Server, error) {
	cfg, err := mysql.ParseDSN(w.cfg.DSN)
	if err != nil {
		return "", nil, err
	}
	cfg.DBName, cfg.ParseTime, cfg.InterpolateParams = a.company.Schema, true, true
	db, err := sqlx.Open("mysql", cfg.FormatDSN())
	if err != nil {
		return "", nil, err
	}
	db.SetMaxOpenConns(w.cfg.MaxConns)
	db.SetMaxIdleConns(w.cfg.MaxConns)
	return listen(ctx, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rows := make([]bareCustomer, 0, 21)
		err := db.SelectContext(r.Context(), &rows, `SELECT `+bareColumns+` FROM customers c FORCE INDEX (customers_updated)
			WHERE c.deleted_at IS NULL ORDER BY c.updated_at DESC, c.id DESC LIMIT 21`)
		if err == nil {
			err = fillBareTags(r.Context(), db, rows)
		}
		if err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(rw).Encode(map[string]any{"data": rows[:min(len(rows), 20)]})
	}))
}

func fillBareTags(ctx context.Context, db *sqlx.DB, rows []bareCustomer) error {
	at := make(map[string]int, len(rows))
	args := make([]any, len(rows))
	for i := range rows {
		args[i] = rows[i].ID
		at[string(rows[i].ID)] = i
	}
	var tags []struct {
		Customer []byte `db:"record_id"`
		Name     string `db:"name"`
	}
	err := db.SelectContext(ctx, &tags, `SELECT rt.record_id, t.name FROM record_tags rt JOIN tags t ON t.id = rt.tag_id
		WHERE rt.record_id IN (?`+strings.Repeat(",?", len(args)-1)+`)`, args...)
	for _, t := range tags {
		c := &rows[at[string(t.Customer)]]
		c.Tags = append(c.Tags, t.Name)
	}
	return err
}
