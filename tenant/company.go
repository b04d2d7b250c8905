package tenant

import "time"

// Status of a company in the control database.
type Status string

// The states of a company, in the order of its life.
const (
	Provisioning Status = "provisioning" // being made; nobody can sign in yet
	Active       Status = "active"
	Suspended    Status = "suspended" // by a platform admin; requests are refused, jobs wait
	removing     Status = "removing"  // its making failed; what is left of it goes
)

// usable is the condition on platform.companies for those that were made to the end.
const usable = `status IN ('active', 'suspended')`

// Company is one tenant as the control database knows it. Its customers live in its own schema.
type Company struct {
	ID   CompanyID `db:"id"`
	Name string    `db:"name"`
	// Schema is the MySQL database that holds the company's data.
	Schema  string `db:"schema_name"`
	Cluster string `db:"cluster_id"`
	Status  Status `db:"status"`
	// Plan is the key of the plan in force, as package billing names it.
	Plan string `db:"plan"`
	// TimeZone is an IANA name. Dates and the silence rule count in it.
	TimeZone string `db:"timezone"`
	// Locale is "zh-CN" or "en".
	Locale string `db:"locale"`
	// Currency is the ISO 4217 code in which totals are shown.
	Currency  string    `db:"currency"`
	CreatedAt time.Time `db:"created_at"`
	UpdatedAt time.Time `db:"updated_at"`
}

// Location returns the company's time zone, or UTC when the name is not known any more.
func (c *Company) Location() *time.Location {
	loc, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return time.UTC
	}
	return loc
}

const companyColumns = `id, name, schema_name, cluster_id, status, plan, timezone, locale, currency, created_at, updated_at`
