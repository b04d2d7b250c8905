package crm

import "github.com/guanxi-crm/guanxi/tenant"

// What this package asks of its callers. Package rbac lists the same names; a name it does not know
// reaches nothing.
const (
	customerCreate    tenant.Permission = "customer:create"
	customerRead      tenant.Permission = "customer:read"
	customerUpdate    tenant.Permission = "customer:update"
	customerDelete    tenant.Permission = "customer:delete"
	interactionRead   tenant.Permission = "interaction:read"
	interactionCreate tenant.Permission = "interaction:create"
	interactionUpdate tenant.Permission = "interaction:update"
	interactionDelete tenant.Permission = "interaction:delete"
	taskCreate        tenant.Permission = "task:create"
	taskRead          tenant.Permission = "task:read"
	taskUpdate        tenant.Permission = "task:update"
	taskDelete        tenant.Permission = "task:delete"
	contactCreate     tenant.Permission = "contact:create"
	contactRead       tenant.Permission = "contact:read"
	contactUpdate     tenant.Permission = "contact:update"
	contactDelete     tenant.Permission = "contact:delete"
	dealCreate        tenant.Permission = "deal:create"
	dealRead          tenant.Permission = "deal:read"
	dealUpdate        tenant.Permission = "deal:update"
	dealDelete        tenant.Permission = "deal:delete"
	targetRead        tenant.Permission = "target:read"
	targetUpdate      tenant.Permission = "target:update"

	calendarEventCreate tenant.Permission = "calendar_event:create"
	calendarEventRead   tenant.Permission = "calendar_event:read"
	calendarEventUpdate tenant.Permission = "calendar_event:update"
	calendarEventDelete tenant.Permission = "calendar_event:delete"
)
