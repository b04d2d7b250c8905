package billing

// Feature is something that a plan has or has not. Only this package makes features; no plan has the zero
// Feature, so a route that was registered with it is closed to everybody.
type Feature struct {
	key  string
	name Name
}

// Key returns the feature's stable name, as "advanced_reports".
func (f Feature) Key() string { return f.key }

// Name returns what screens call the feature.
func (f Feature) Name() Name { return f.name }

// String returns the key.
func (f Feature) String() string { return f.key }

// Name is a text in both languages of the product.
type Name struct {
	ZH string `json:"zh" doc:"Chinese text." example:"专业版"`
	EN string `json:"en" doc:"English text." example:"Pro"`
}

// The features. Free is what everybody has.
var (
	Free             = Feature{"free", Name{"基础功能", "Basics"}}
	AdvancedReports  = Feature{"advanced_reports", Name{"高级报表", "Advanced reports"}}
	ScheduledReports = Feature{"scheduled_reports", Name{"定时报表", "Scheduled reports"}}
	Prediction       = Feature{"prediction", Name{"AI 预测", "AI prediction"}}
	// Sync is multi-device work: live updates, offline queue and delta sync.
	Sync         = Feature{"sync", Name{"多端同步", "Multi-device sync"}}
	FieldMasking = Feature{"field_masking", Name{"字段脱敏", "Field masking"}}
)
