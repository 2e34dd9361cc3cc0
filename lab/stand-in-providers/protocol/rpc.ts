import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import { parse, type Type } from "protobufjs";

/**
 * The definition of one service in a .proto text, for grpc-js. (Its usual loader also makes descriptors of all messages
 * for reflection, which doubles the start-up time.)
 */
export function serviceDefinition(proto: string, name: string): ServiceDefinition {
  const { root } = parse(proto, { keepCase: true });
  const service = root.resolveAll().lookupService(name);
  const methods = service.methodsArray.map((method) => {
    const [request, reply] = [method.resolvedRequestType!, method.resolvedResponseType!];
    const path = `/${service.fullName.slice(1)}/${method.name}`;
    return [method.name, unary(path, request, reply)] as const;
  });
  return Object.fromEntries(methods);
}

function unary(path: string, request: Type, reply: Type): MethodDefinition<object, object> {
  const encode = (type: Type) => (message: object) => Buffer.from(type.encode(type.fromObject(message)).finish());
  const decode = (type: Type) => (bytes: Buffer) =>
    type.toObject(type.decode(bytes), { defaults: true, longs: Number });
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: encode(request),
    requestDeserialize: decode(request),
    responseSerialize: encode(reply),
    responseDeserialize: decode(reply),
  };
}
