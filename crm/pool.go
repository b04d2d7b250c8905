package crm

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// PoolSettings say how the company shares out customers whom nobody looks after: 公海.
type PoolSettings struct {
	Enabled      bool `json:"enabled" doc:"Whether members see the pool and claim customers from it." example:"false"`
	MaxHeld      int  `json:"max_held" minimum:"0" maximum:"1000000" doc:"How many customers somebody may have and still claim one; 0 for any number." example:"200"`
	ClaimsPerDay int  `json:"claims_per_day" minimum:"0" maximum:"10000" doc:"How many customers somebody may claim in a day of the company; 0 for any number." example:"10"`
	// ReturnAfterDays counts like the silence rule.
	ReturnAfterDays int `json:"return_after_days" minimum:"0" maximum:"3650" doc:"After how many days without contact a potential or interested customer goes back to the pool by itself, at 09:00; 0 for never." example:"30"`
}

const poolSettings = "pool"

// ReadPoolSettings returns the company's settings for the pool.
func ReadPoolSettings(ctx context.Context, q *tenant.Query) (PoolSettings, error) {
	var s PoolSettings
	err := tenant.ReadSettings(ctx, q, poolSettings, &s)
	return s, err
}

// WritePoolSettings changes them, and has customers return or stay from the next morning on. Where customers return
// already, a check that is due stays due.
func WritePoolSettings(ctx context.Context, tx *tenant.Tx, s PoolSettings) error {
	before, err := ReadPoolSettings(ctx, tx.Query)
	if err != nil {
		return err
	}
	if err := tenant.WriteSettings(ctx, tx, poolSettings, s); err != nil {
		return err
	}
	switch {
	case !s.returns():
		return tx.Unschedule(ctx, PoolWork, tenant.RecordID(tx.Company.ID))
	case before.returns():
		return nil
	}
	return schedulePoolCheck(ctx, tx)
}

func (s PoolSettings) returns() bool { return s.Enabled && s.ReturnAfterDays > 0 }

// PooledCustomer is a customer in the pool, as those see it who may claim it.
type PooledCustomer struct {
	ID                CustomerID `db:"id" json:"id" doc:"The customer." example:"cus_01h455vb4pex5vsknk084sn02q"`
	Name              string     `db:"name" json:"name" doc:"Company or person." example:"云帆科技"`
	Industry          string     `db:"industry" json:"industry" doc:"Line of business." example:"software"`
	Source            string     `db:"source" json:"source" doc:"Source channel." example:"exhibition"`
	Lifecycle         string     `db:"lifecycle" json:"lifecycle" enum:"potential,interested,won,lost" doc:"Stage."`
	Phone             *string    `db:"phone" json:"phone" doc:"In part, until it is claimed." example:"138****8000"`
	Email             *string    `db:"email" json:"email" doc:"In part, until it is claimed." example:"w***@yunfan.example"`
	Tags              []string   `db:"-" json:"tags" nullable:"false" doc:"Names of the tags, in alphabetical order."`
	LastInteractionAt *time.Time `db:"last_interaction_at" json:"last_interaction_at" doc:"Last logged interaction (UTC), null when there was none."`
	PooledAt          time.Time  `db:"owner_since" json:"pooled_at" doc:"Since when it has been in the pool (UTC)."`
	UpdatedAt         time.Time  `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
}

// pool lists customers without an owner, whoever asks.
var pool = &list.Resource{
	Name: "pool", Table: "company.customers", Alias: "c", OwnerColumn: "c.owner_id", Order: "updated_at desc", Live: "c.deleted_at IS NULL AND c.owner_id IS NULL",
	Fields: map[string]list.Field{
		"name":                customers.Fields["name"].Unsorted(),
		"industry":            customers.Fields["industry"],
		"source":              customers.Fields["source"],
		"lifecycle":           customers.Fields["lifecycle"],
		"last_interaction_at": customers.Fields["last_interaction_at"].Unsorted(),
		"tags":                customers.Fields["tags"],
		"pooled_at":           {Kind: list.Time, Column: "c.owner_since"},
		"updated_at":          {Kind: list.Time, Column: "c.updated_at", Sort: "c.updated_at", Indexes: []list.Index{list.By("customers_owner_updated")}},
	},
}

const pooledColumns = `c.id, c.name, c.industry, c.source, c.lifecycle, c.phone, c.email, c.last_interaction_at, c.owner_since, c.updated_at`

func (c PooledCustomer) sortKey(string) (any, [16]byte) { return c.UpdatedAt, c.ID }

func (c *PooledCustomer) tagged() (tenant.RecordID, *[]string) { return tenant.RecordID(c.ID), &c.Tags }

// ListPool returns one page of the customers in the pool, with their phone and e-mail in part; none while it is off.
func ListPool(ctx context.Context, q *tenant.Query, in ListQuery) (Page[PooledCustomer], error) {
	settings, err := ReadPoolSettings(ctx, q)
	if err != nil || !settings.Enabled {
		return Page[PooledCustomer]{Data: []PooledCustomer{}}, err
	}
	p, err := planPool(q, in)
	if err != nil {
		return Page[PooledCustomer]{}, err
	}
	page, err := list.Read(ctx, q, p, pooledColumns, in.Count, PooledCustomer.sortKey)
	if err != nil {
		return Page[PooledCustomer]{}, err
	}
	for i := range page.Data {
		page.Data[i].veil()
	}
	return page, fillTags(ctx, q, page.Data, (*PooledCustomer).tagged, "")
}

func planPool(q *tenant.Query, in ListQuery) (*list.Plan, error) {
	p, err := list.New(q, pool, in, everybodys())
	if err != nil || in.Q == "" {
		return p, err
	}
	p.Search(search.Words(search.Customers, "c", in.Q, true)) // what is shown in part is not searched
	return p, nil
}

func (c *PooledCustomer) veil() {
	if c.Phone != nil {
		part := mask.Phone(*c.Phone)
		c.Phone = &part
	}
	if c.Email != nil {
		part := mask.Email(*c.Email)
		c.Email = &part
	}
}
