package rbac

import (
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Label is a text in both languages of the product.
type Label struct {
	ZH string `json:"zh" doc:"Chinese text." example:"客户"`
	EN string `json:"en" doc:"English text." example:"Customers"`
}

// described is what a role editor says of a resource.
type described struct {
	label Label
	// shared resources are the whole company's: their permissions reach all or nothing.
	shared bool
}

// resources describes every resource of the catalogue.
var resources = map[string]described{
	"customer":         {label: Label{"客户", "Customers"}},
	"contact":          {label: Label{"联系人", "Contacts"}},
	"interaction":      {label: Label{"沟通记录", "Communication records"}},
	"task":             {label: Label{"任务", "Tasks"}},
	"calendar_event":   {label: Label{"日程", "Calendar"}},
	"attachment":       {label: Label{"附件", "Files"}, shared: true}, // whose files is for the records to say
	"comment":          {label: Label{"评论", "Comments"}},
	"change":           {label: Label{"变更记录", "Changes"}, shared: true},
	"audit_log":        {label: Label{"审计日志", "Audit log"}},
	"trash":            {label: Label{"回收站", "Trash"}, shared: true}, // as with files
	"personal_data":    {label: Label{"个人信息", "Personal data"}},
	"job":              {label: Label{"批量任务", "Bulk jobs"}},
	"tag":              {label: Label{"标签", "Tags"}, shared: true},
	"saved_view":       {label: Label{"视图", "Saved views"}},
	"custom_field":     {label: Label{"自定义字段", "Custom fields"}, shared: true},
	"rule":             {label: Label{"自动规则", "Rules"}, shared: true},
	"deal":             {label: Label{"商机", "Deals"}},
	"pipeline":         {label: Label{"销售管道", "Pipelines"}, shared: true},
	"product":          {label: Label{"产品", "Products"}, shared: true},
	"exchange_rate":    {label: Label{"汇率", "Exchange rates"}, shared: true},
	"target":           {label: Label{"目标", "Targets"}},
	"report":           {label: Label{"报表", "Reports"}},
	"import":           {label: Label{"导入", "Imports"}},
	"export":           {label: Label{"导出", "Exports"}},
	"member":           {label: Label{"成员", "Members"}},
	"team":             {label: Label{"团队", "Teams"}, shared: true},
	"invitation":       {label: Label{"邀请", "Invitations"}},
	"role":             {label: Label{"角色", "Roles"}, shared: true},
	"api_key":          {label: Label{"API 密钥", "API keys"}},
	"webhook_endpoint": {label: Label{"Webhook 端点", "Webhook endpoints"}, shared: true},
	"delivery":         {label: Label{"Webhook 投递", "Webhook deliveries"}, shared: true},
	"plugin":           {label: Label{"插件与机器人", "Plugins and bots"}, shared: true},
	"billing":          {label: Label{"套餐与账单", "Plan and billing"}, shared: true},
	"form":             {label: Label{"表单", "Forms"}, shared: true},
	"company":          {label: Label{"公司设置", "Company settings"}, shared: true},
}

// actions names what the part after the colon allows.
var actions = map[string]Label{
	"create": {"新建", "Create"},
	"read":   {"查看", "View"},
	"update": {"编辑", "Edit"},
	"delete": {"删除", "Delete"},
}

// reaches returns the levels that make sense for a permission, in rising order.
func reaches(p tenant.Permission) []string {
	if resources[p.Resource()].shared {
		return []string{tenant.LevelAll.String()}
	}
	return []string{tenant.LevelOwn.String(), tenant.LevelTeam.String(), tenant.LevelAll.String()}
}

// PermissionGroup is one resource of the catalogue as a role editor shows it.
type PermissionGroup struct {
	Resource    string              `json:"resource" doc:"Key of the resource." example:"customer"`
	Name        Label               `json:"name" doc:"What screens call it."`
	Permissions []GroupedPermission `json:"permissions" nullable:"false" doc:"What can be allowed."`
	Masks       []MaskableField     `json:"masks" nullable:"false" doc:"The fields that a role may mask."`
}

// GroupedPermission is one permission that a role may have.
type GroupedPermission struct {
	Permission tenant.Permission `json:"permission" doc:"Key of the permission." example:"customer:read"`
	Name       Label             `json:"name" doc:"What it allows."`
	Scopes     []string          `json:"scopes" nullable:"false" doc:"Whose records it can reach, in rising order: own, team or all." example:"[\"own\",\"team\",\"all\"]"`
}

// MaskableField is one field that a role may mask.
type MaskableField struct {
	Field string `json:"field" doc:"Key of the field." example:"customer.phone"`
	Name  Label  `json:"name" doc:"What screens call it."`
}

// Groups returns the whole catalogue by resource, in the order of its declaration.
func Groups() []PermissionGroup {
	var all []PermissionGroup
	for _, p := range catalogue {
		if len(all) == 0 || all[len(all)-1].Resource != p.Resource() {
			all = append(all, PermissionGroup{Resource: p.Resource(), Name: resources[p.Resource()].label, Masks: masksOf(p.Resource())})
		}
		last := &all[len(all)-1]
		last.Permissions = append(last.Permissions, GroupedPermission{Permission: p, Name: actions[p.Action()], Scopes: reaches(p)})
	}
	return all
}

func masksOf(resource string) []MaskableField {
	offered := []MaskableField{}
	for _, m := range maskable {
		if strings.HasPrefix(m.Field, resource+".") {
			offered = append(offered, m)
		}
	}
	return offered
}
