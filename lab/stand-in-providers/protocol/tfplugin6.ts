/**
 * The part of Terraform's plugin protocol 6 that Terraform really calls here. Only package, service and method names
 * and the field numbers are fixed by the wire; the message names are our own.
 */
export const tfplugin6 = `
syntax = "proto3";
package tfplugin6;

message Value { bytes msgpack = 1; bytes json = 2; }
message RawState { bytes json = 1; }
message Path { repeated Step steps = 1; }
message Step { oneof selector { string attribute_name = 1; string element_key_string = 2; int64 element_key_int = 3; } }
message Diagnostic { int32 severity = 1; string summary = 2; string detail = 3; Path attribute = 4; }

message Schema { int64 version = 1; Block block = 2; }
message Block { int64 version = 1; repeated Attribute attributes = 2; repeated NestedBlock block_types = 3; }
message Attribute {
  string name = 1; bytes type = 2; string description = 3;
  bool required = 4; bool optional = 5; bool computed = 6; bool sensitive = 7;
}
message NestedBlock { string type_name = 1; Block block = 2; int32 nesting = 3; int64 min_items = 4; int64 max_items = 5; }
message Capabilities { bool plan_destroy = 1; bool get_provider_schema_optional = 2; }

message Nothing {}
message SchemaReply {
  Schema provider = 1; map<string, Schema> resource_schemas = 2; map<string, Schema> data_source_schemas = 3;
  repeated Diagnostic diagnostics = 4; Capabilities server_capabilities = 6;
  map<string, Schema> ephemeral_resource_schemas = 8;
}
message ValidateProviderRequest { Value config = 1; }
message ValidateProviderReply { repeated Diagnostic diagnostics = 2; }
message ValidateRequest { string type_name = 1; Value config = 2; }
message ValidateReply { repeated Diagnostic diagnostics = 1; }
message UpgradeRequest { string type_name = 1; int64 version = 2; RawState raw_state = 3; }
message UpgradeReply { Value upgraded_state = 1; repeated Diagnostic diagnostics = 2; }
message ConfigureRequest { string terraform_version = 1; Value config = 2; }
message ConfigureReply { repeated Diagnostic diagnostics = 1; }
message ReadRequest { string type_name = 1; Value current_state = 2; bytes private = 3; }
message ReadReply { Value new_state = 1; repeated Diagnostic diagnostics = 2; bytes private = 3; }
message PlanRequest {
  string type_name = 1; Value prior_state = 2; Value proposed_new_state = 3; Value config = 4; bytes prior_private = 5;
}
message PlanReply {
  Value planned_state = 1; repeated Path requires_replace = 2; bytes planned_private = 3;
  repeated Diagnostic diagnostics = 4; bool legacy_type_system = 5;
}
message ApplyRequest {
  string type_name = 1; Value prior_state = 2; Value planned_state = 3; Value config = 4; bytes planned_private = 5;
}
message ApplyReply {
  Value new_state = 1; bytes private = 2; repeated Diagnostic diagnostics = 3; bool legacy_type_system = 4;
}
message ImportRequest { string type_name = 1; string id = 2; }
message Imported { string type_name = 1; Value state = 2; bytes private = 3; }
message ImportReply { repeated Imported imported = 1; repeated Diagnostic diagnostics = 2; }
message ReadDataRequest { string type_name = 1; Value config = 2; }
message ReadDataReply { Value state = 1; repeated Diagnostic diagnostics = 2; }
message OpenRequest { string type_name = 1; Value config = 2; }
message OpenReply { repeated Diagnostic diagnostics = 1; Value result = 3; }
message CloseRequest { string type_name = 1; bytes private = 2; }
message CloseReply { repeated Diagnostic diagnostics = 1; }
message StopReply { string error = 1; }

service Provider {
  rpc GetProviderSchema(Nothing) returns (SchemaReply);
  rpc ValidateProviderConfig(ValidateProviderRequest) returns (ValidateProviderReply);
  rpc ValidateResourceConfig(ValidateRequest) returns (ValidateReply);
  rpc ValidateDataResourceConfig(ValidateRequest) returns (ValidateReply);
  rpc UpgradeResourceState(UpgradeRequest) returns (UpgradeReply);
  rpc ConfigureProvider(ConfigureRequest) returns (ConfigureReply);
  rpc ReadResource(ReadRequest) returns (ReadReply);
  rpc PlanResourceChange(PlanRequest) returns (PlanReply);
  rpc ApplyResourceChange(ApplyRequest) returns (ApplyReply);
  rpc ImportResourceState(ImportRequest) returns (ImportReply);
  rpc ReadDataSource(ReadDataRequest) returns (ReadDataReply);
  rpc ValidateEphemeralResourceConfig(ValidateRequest) returns (ValidateReply);
  rpc OpenEphemeralResource(OpenRequest) returns (OpenReply);
  rpc CloseEphemeralResource(CloseRequest) returns (CloseReply);
  rpc StopProvider(Nothing) returns (StopReply);
}
`;

/** The service by which Terraform ends a plugin (go-plugin's own, beside the provider's). */
export const plugin = `
syntax = "proto3";
package plugin;
message Empty {}
service GRPCController { rpc Shutdown(Empty) returns (Empty); }
`;
