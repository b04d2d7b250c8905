package rbac

import (
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Permission is what a route asks of its caller. Only this package makes them, so a route cannot invent one.
type Permission struct {
	name tenant.Permission
	open openness
}

type openness int

const (
	byRole openness = iota
	signedIn
	public
)

// Name returns the permission as roles and API keys name it; it is empty for Public and SignedIn.
func (p Permission) Name() tenant.Permission { return p.name }

// IsPublic reports whether the route needs no sign-in.
func (p Permission) IsPublic() bool { return p.open == public }

// NeedsRole reports whether a role has to allow the route.
func (p Permission) NeedsRole() bool { return p.open == byRole }

var (
	// Public is for routes that identify their caller otherwise or not at all: sign-in, signed callbacks.
	Public = Permission{open: public}
	// SignedIn is for what everybody may do with their own account.
	SignedIn = Permission{open: signedIn}
)

// CRUD groups the usual four permissions of a resource.
type CRUD struct{ Create, Read, Update, Delete Permission }

// The catalogue. A permission that is not here does not exist.
var (
	Customer        = crud("customer")
	Contact         = crud("contact")
	Interaction     = crud("interaction")
	Task            = crud("task")
	Attachment      = struct{ Create, Read, Delete Permission }{permission("attachment", "create"), permission("attachment", "read"), permission("attachment", "delete")}
	Comment         = crud("comment")
	CalendarEvent   = crud("calendar_event")
	Trash           = struct{ Read, Delete Permission }{permission("trash", "read"), permission("trash", "delete")}
	PersonalData    = struct{ Read, Delete Permission }{permission("personal_data", "read"), permission("personal_data", "delete")}
	Job             = struct{ Create, Read Permission }{permission("job", "create"), permission("job", "read")}
	Tag             = crud("tag")
	SavedView       = crud("saved_view")
	CustomField     = crud("custom_field")
	Rule            = crud("rule")
	Deal            = crud("deal")
	Pipeline        = crud("pipeline")
	Product         = crud("product")
	ExchangeRate    = crud("exchange_rate")
	Target          = struct{ Read, Update Permission }{permission("target", "read"), permission("target", "update")}
	Report          = struct{ Read Permission }{permission("report", "read")}
	Import          = struct{ Create, Read Permission }{permission("import", "create"), permission("import", "read")}
	Export          = struct{ Create Permission }{permission("export", "create")}
	Member          = crud("member")
	Team            = crud("team")
	Invitation      = crud("invitation")
	Roles           = crud("role")
	APIKey          = crud("api_key")
	WebhookEndpoint = crud("webhook_endpoint")
	AuditLog        = struct{ Read Permission }{permission("audit_log", "read")}
	Change          = struct{ Read Permission }{permission("change", "read")}
	Delivery        = struct{ Read, Update Permission }{permission("delivery", "read"), permission("delivery", "update")}
	Plugin          = crud("plugin")
	Billing         = struct{ Read, Update Permission }{permission("billing", "read"), permission("billing", "update")}
	Form            = crud("form")
	Company         = struct{ Read, Update Permission }{permission("company", "read"), permission("company", "update")}
)

// catalogue lists every permission in the order of its declaration above.
var catalogue []tenant.Permission

func permission(resource, action string) Permission {
	name := tenant.Permission(resource + ":" + action)
	catalogue = append(catalogue, name)
	return Permission{name: name}
}

func crud(resource string) CRUD {
	return CRUD{
		Create: permission(resource, "create"), Read: permission(resource, "read"),
		Update: permission(resource, "update"), Delete: permission(resource, "delete"),
	}
}

// Catalogue returns all permissions, for API-key scopes and custom roles.
func Catalogue() []tenant.Permission { return slices.Clone(catalogue) }

// Known reports whether the permission exists.
func Known(p tenant.Permission) bool { return slices.Contains(catalogue, p) }
