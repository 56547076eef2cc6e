// A Pulumi program without resources: it asks the cloud what bears the marks of a stack. See list-leftovers.ts.
import { Config } from "@pulumi/pulumi";
import { type PricedCloud, pricedClouds } from "../../pricing/row-schema.ts";
import { createListing } from "./create-listing.ts";

const config = new Config("leftovers");
const cloud = config.require<PricedCloud>("cloud", { allowedValues: [...pricedClouds] });
const list = await createListing(cloud);
export default await list({ stack: config.require("stack"), region: config.require("region") });
